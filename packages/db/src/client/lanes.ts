// Connections that quick reads share. Each message is a transaction of its own and leaves nothing behind, so others may be
// sent before it is answered: the database goes from one to the next without being woken up for each, which took both sides
// longer than the reads themselves. What may take long, or wait for a lock, has a connection to itself.
//
// A lane holds a connection of the pool while anything is under way on it, and gives it back then.
import type pg from "pg";
import { oneTrip, type Answer, type Prepared } from "./one-trip.ts";

export interface Lanes {
  /** Sends a quick read on the lane that has the least to do; null where each has been busy with one for too long. */
  run(steps: readonly Prepared[]): Promise<Answer[]> | null;
}

/** A lane that has not answered for so long is stuck behind something that is not quick: nobody joins the queue. */
const STUCK_MS = 50;

/** @param many at most; each takes one of the pool's connections while it is used */
export function openLanes(connect: () => Promise<pg.PoolClient>, many: number): Lanes {
  const lanes = Array.from({ length: many }, () => new Lane(connect));
  return {
    run: (steps) => {
      const now = performance.now();
      let freest: Lane | null = null;
      for (const lane of lanes) {
        if (!lane.isStuck(now) && (freest === null || lane.load < freest.load)) freest = lane;
      }
      return freest === null ? null : freest.run(steps, now);
    },
  };
}

/** A connection as it is shared: back in the pool with its last user, or closed if it broke. */
interface Shared {
  readonly client: Promise<pg.PoolClient>;
  users: number;
  isBroken: boolean;
}

class Lane {
  readonly #connect: () => Promise<pg.PoolClient>;
  #shared: Shared | undefined;
  #heardAt = 0;

  constructor(connect: () => Promise<pg.PoolClient>) {
    this.#connect = connect;
  }

  get load(): number {
    return this.#shared?.users ?? 0;
  }

  isStuck(now: number): boolean {
    return this.#shared !== undefined && now - this.#heardAt > STUCK_MS;
  }

  async run(steps: readonly Prepared[], now: number): Promise<Answer[]> {
    if (!this.#shared) {
      this.#shared = { client: this.#connect(), users: 0, isBroken: false };
      this.#heardAt = now;
    }
    const shared = this.#shared;
    shared.users += 1;
    try {
      const answers = await oneTrip(await shared.client, steps, { keepsPrepared: true });
      this.#heardAt = performance.now();
      return answers;
    } catch (error) {
      if (!isHarmless(error)) {
        shared.isBroken = true;
        this.#leave(shared);
      }
      throw error;
    } finally {
      shared.users -= 1;
      if (shared.users === 0) {
        this.#leave(shared);
        // One that was never connected has nothing to give back.
        void shared.client.then(
          (client) => client.release(shared.isBroken),
          () => {},
        );
      }
    }
  }

  /** Whoever comes next takes another connection. */
  #leave(shared: Shared): void {
    if (this.#shared === shared) this.#shared = undefined;
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
