// Connections that quick reads share. Each message is a transaction of its own and leaves nothing behind, so others may be
// sent before it is answered: the database goes from one to the next without being woken up for each, which took both sides
// longer than the reads themselves. What may take long, or wait for a lock, has a connection to itself.
//
// These connections are reserved for quick reads and bounded by a `lock_timeout`: PostgreSQL itself tells a lock from
// slowness. A statement that meets a lock is sent alone; a slow database delays answers, and no statement is sent twice for it.
import type pg from "pg";
import { Backlog } from "./backlog.ts";
import { DatabaseBusy } from "./failures.ts";
import { oneTrip, type StatementResult, type PreparedStatement } from "./one-trip.ts";

export interface SharedConnections {
  /**
   * Sends a quick read on the lane that has the least to do.
   * @returns null where the statement met a lock: send it alone
   * @throws DatabaseBusy at once when too many wait to be answered in time, or after two seconds
   */
  run(steps: readonly PreparedStatement[]): Promise<StatementResult[] | null>;
  /** How long answers take beyond the fastest ones of late. */
  readonly delayMs: number;
  /** Whether a read would be refused at once. */
  readonly isFull: boolean;
}

/** Who asks does not wait behind what is asked, which somebody may have locked. */
export interface SharedConnectionSets {
  /** Sessions and service keys, by their ids. */
  readonly people: SharedConnections;
  /** A workspace's rows, and who asks for them. */
  readonly rows: SharedConnections;
}

/** Nobody waits longer for an answer, and a lane that answers nobody for so long is closed. */
const LONGEST_WAIT_MS = 2_000;
const WATCH_MS = 100;
/** A read that would wait longer than `longestWaitMs` is refused at once. */
const BOUNDS = { longestWaitMs: 1_500, few: 16, most: 4_000, travels: true } as const;
/** So long after it met a lock a statement is sent alone from the start. */
const AVOID_MS = 1_000;

/** @param many at most; each takes one of the connections while it is used */
export function openSharedConnections(
  connect: () => Promise<pg.PoolClient>,
  many: number,
): SharedConnections {
  const locked = new LockedStatements();
  const lanes = Array.from({ length: many }, () => new SharedSlot(connect, locked));
  const run = async (
    steps: readonly PreparedStatement[],
    isAgain = false,
  ): Promise<StatementResult[] | null> => {
    if (locked.includes(steps)) return null;
    const freest = lanes.reduce((one, lane) => (lane.load < one.load ? lane : one));
    const answers = await freest.run(steps);
    if (answers !== GIVEN_UP) return answers;
    // The statements behind one that met a lock have not been executed. They go on where nothing waits for that lock.
    return isAgain ? null : run(steps, true);
  };
  return {
    run: (steps) => run(steps),
    get delayMs() {
      return Math.min(...lanes.map((lane) => lane.delayMs));
    },
    get isFull() {
      return lanes.every((lane) => lane.isFull);
    },
  };
}

/** The lane was given up before it answered. */
const GIVEN_UP = Symbol("given up");

/** The statements that met a lock in the last second, by the name of what they ask. */
class LockedStatements {
  readonly #until = new Map<string, number>();

  add(steps: readonly PreparedStatement[]): void {
    this.#until.set(nameOf(steps), performance.now() + AVOID_MS);
  }

  includes(steps: readonly PreparedStatement[]): boolean {
    if (this.#until.size === 0) return false;
    const name = nameOf(steps);
    const until = this.#until.get(name);
    if (until === undefined) return false;
    if (performance.now() < until) return true;
    this.#until.delete(name);
    return false;
  }
}

/** The last statement is what is asked; those before it enter its scope. */
const nameOf = (steps: readonly PreparedStatement[]): string => steps.at(-1)?.name ?? "";

class SharedSlot {
  readonly #connect: () => Promise<pg.PoolClient>;
  readonly #locked: LockedStatements;
  readonly #backlog = new Backlog(BOUNDS);
  #shared: SharedConnection | undefined;

  constructor(connect: () => Promise<pg.PoolClient>, locked: LockedStatements) {
    this.#connect = connect;
    this.#locked = locked;
  }

  get load(): number {
    return this.#backlog.size;
  }

  get delayMs(): number {
    return this.#backlog.delayMs;
  }

  get isFull(): boolean {
    return this.#backlog.isFull;
  }

  async run(steps: readonly PreparedStatement[]): Promise<StatementResult[] | null | typeof GIVEN_UP> {
    if (this.#backlog.isFull) throw new DatabaseBusy("Too many reads wait for the database.");
    const place = this.#backlog.enter();
    let isServed = false;
    const shared = this.#shared?.isOpen ? this.#shared : new SharedConnection(this.#connect());
    this.#shared = shared;
    try {
      const answers = await shared.run(steps);
      isServed = answers !== GIVEN_UP;
      return answers;
    } catch (error) {
      if (!metLock(error)) throw error;
      this.#locked.add(steps);
      shared.giveUp();
      return null;
    } finally {
      this.#backlog.leave(place, isServed);
    }
  }
}

/** A connection while it is shared: free again with its last user, or closed if it broke. */
class SharedConnection {
  readonly #client: Promise<pg.PoolClient>;
  readonly #watch: NodeJS.Timeout;
  /** The reads that wait for an answer, in order of arrival. */
  readonly #waiting = new Set<Waiter>();
  #heardAt = performance.now();
  #isBroken = false;
  #users = 0;
  /** Whether somebody else may join. */
  isOpen = true;

  constructor(client: Promise<pg.PoolClient>) {
    this.#client = client;
    // A loop that was busy has answers to read first: their time has passed, and they are there.
    this.#watch = setInterval(() => setImmediate(() => this.#refuseLate()), WATCH_MS);
  }

  run(steps: readonly PreparedStatement[]): Promise<StatementResult[] | typeof GIVEN_UP> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { since: performance.now(), reject, giveUp: () => resolve(GIVEN_UP) };
      this.#waiting.add(waiter);
      void this.#send(steps)
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(waiter));
    });
  }

  /** Closes the connection. Those who wait are told, and may ask again elsewhere: PostgreSQL has not come to them. */
  giveUp(): void {
    if (!this.isOpen) return;
    for (const { giveUp } of this.#waiting) giveUp();
    this.#waiting.clear();
    this.#cut();
  }

  #refuseLate(): void {
    const now = performance.now();
    for (const waiter of this.#waiting) {
      if (now - waiter.since < LONGEST_WAIT_MS) break;
      this.#waiting.delete(waiter);
      waiter.reject(new DatabaseBusy("The database did not answer a read in two seconds."));
    }
    if (this.#users > 0 && now - this.#heardAt >= LONGEST_WAIT_MS) this.#cut();
  }

  async #send(steps: readonly PreparedStatement[]): Promise<StatementResult[]> {
    // Silence begins when there is something to be answered.
    if (this.#users === 0) this.#heardAt = performance.now();
    this.#users += 1;
    try {
      const answers = await oneTrip(await this.#client, steps, { keepsPrepared: true });
      this.#heardAt = performance.now();
      return answers;
    } catch (error) {
      if (isHarmless(error)) this.#heardAt = performance.now();
      else this.#break();
      throw error;
    } finally {
      this.#users -= 1;
      if (this.#users === 0) this.#end();
    }
  }

  #break(): void {
    this.#isBroken = true;
    this.isOpen = false;
  }

  /** Ends the connection without waiting for what is under way on it, which then fails. */
  #cut(): void {
    if (this.#isBroken) return;
    this.#break();
    void this.#client.then(
      (client) => streamOf(client).destroy(),
      () => {},
    );
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

interface Waiter {
  readonly since: number;
  readonly reject: (error: Error) => void;
  readonly giveUp: () => void;
}

/** The cast is this function's: pg's types leave out that a pool's client has a connection. */
const streamOf = (client: pg.PoolClient): { destroy(): void } =>
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream;

/** Whether it failed as one message can, and the others on the connection go on. */
export function isHarmless(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  if (typeof error !== "object" || error === null || !("severity" in error)) return false;
  // The columns of what a plan returns have changed since it was made: the connection's plans are of no use any more.
  const isStale = "code" in error && error.code === "0A000";
  return error.severity === "ERROR" && !isStale;
}

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === code;

/** Another message on the same connection was to prepare the statement, and failed before it did. */
export const wasNotPrepared = (error: unknown): boolean => hasCode(error, "26000");

/** The statement waited for a lock for longer than the connection's `lock_timeout`. */
const metLock = (error: unknown): boolean => hasCode(error, "55P03");
