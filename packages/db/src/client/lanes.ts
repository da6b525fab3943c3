// Connections that quick reads share. Each message is a transaction of its own and leaves nothing behind, so others may be
// sent before it is answered: the database goes from one to the next without being woken up for each, which took both sides
// longer than the reads themselves. What may take long, or wait for a lock, has a connection to itself.
//
// A lane holds a connection of the pool while anything is under way on it, and gives it back then.
import type pg from "pg";
import { oneTrip, type Answer, type Prepared } from "./one-trip.ts";

export interface Lanes {
  /** Sends a quick read on the lane that has the least to do. @returns null where it was stuck: send it alone */
  run(steps: readonly Prepared[]): Promise<Answer[] | null>;
}

/** Who asks does not wait behind what is asked, which somebody may have locked. */
export interface SharedBy {
  /** Sessions and service keys, by their ids. */
  readonly people: Lanes;
  /** A workspace's rows, and who asks for them. */
  readonly rows: Lanes;
}

/** A lane that has not answered for so long is stuck behind something that is not quick: nobody waits for it any more. */
const STUCK_MS = 50;

/** @param many at most; each takes one of the pool's connections while it is used */
export function openLanes(connect: () => Promise<pg.PoolClient>, many: number): Lanes {
  const lanes = Array.from({ length: many }, () => new Lane(connect));
  return {
    run: (steps) => lanes.reduce((freest, lane) => (lane.load < freest.load ? lane : freest)).run(steps),
  };
}

class Lane {
  readonly #connect: () => Promise<pg.PoolClient>;
  #shared: Shared | undefined;

  constructor(connect: () => Promise<pg.PoolClient>) {
    this.#connect = connect;
  }

  get load(): number {
    return this.#shared?.users ?? 0;
  }

  run(steps: readonly Prepared[]): Promise<Answer[] | null> {
    if (!this.#shared?.isOpen) this.#shared = new Shared(this.#connect());
    return this.#shared.run(steps);
  }
}

/** A connection while it is shared: back in the pool with its last user, or closed if it broke. */
class Shared {
  readonly #client: Promise<pg.PoolClient>;
  readonly #watch: NodeJS.Timeout;
  /** How those who wait are told that it is stuck. */
  readonly #waiting = new Set<() => void>();
  #heardAt = performance.now();
  #isBroken = false;
  users = 0;
  /** Whether somebody else may join. */
  isOpen = true;

  constructor(client: Promise<pg.PoolClient>) {
    this.#client = client;
    this.#watch = setInterval(() => {
      if (performance.now() - this.#heardAt > STUCK_MS) this.#giveUp();
    }, STUCK_MS);
  }

  run(steps: readonly Prepared[]): Promise<Answer[] | null> {
    return new Promise((resolve, reject) => {
      const giveUp = () => resolve(null);
      this.#waiting.add(giveUp);
      void this.#send(steps)
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(giveUp));
    });
  }

  /** Whoever waits sends what they sent once more, on a connection of their own: it only reads. */
  #giveUp(): void {
    this.isOpen = false;
    for (const tell of this.#waiting) tell();
    this.#waiting.clear();
  }

  async #send(steps: readonly Prepared[]): Promise<Answer[]> {
    this.users += 1;
    try {
      const answers = await oneTrip(await this.#client, steps, { keepsPrepared: true });
      this.#heardAt = performance.now();
      return answers;
    } catch (error) {
      if (!isHarmless(error)) this.#break();
      throw error;
    } finally {
      this.users -= 1;
      if (this.users === 0) this.#end();
    }
  }

  #break(): void {
    this.#isBroken = true;
    this.isOpen = false;
  }

  #end(): void {
    this.isOpen = false;
    clearInterval(this.#watch);
    // One that was never connected has nothing to give back.
    void this.#client.then(
      (client) => client.release(this.#isBroken),
      () => {},
    );
  }
}

/** Whether it failed as one message can, and the others on the connection go on. */
export function isHarmless(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  if (typeof error !== "object" || error === null || !("severity" in error)) return false;
  // The columns of what a plan returns have changed since it was made: the connection's plans are of no use any more.
  const isStale = "code" in error && error.code === "0A000";
  return error.severity === "ERROR" && !isStale;
}

/** Another message on the same connection was to prepare the statement, and failed before it did. */
export const wasNotPrepared = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "26000";
