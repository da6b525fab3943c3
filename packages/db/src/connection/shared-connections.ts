// Connections that quick reads share. Each message is a separate transaction, so more messages can be sent before the first
// is answered. PostgreSQL then processes them one after another without being woken up for each; the wake-ups took longer
// than the reads. A statement that may take long or wait for a lock uses a connection of the pool alone.
//
// Shared connections have a short `lock_timeout`, so that PostgreSQL distinguishes a lock from a slow database. A statement
// that exceeds it is sent again alone. A slow database only delays the answers, and no statement is sent again.
import type pg from "pg";
import { Backlog } from "./backlog.ts";
import { DatabaseBusy } from "./failures.ts";
import type { ResendCause } from "./observers.ts";
import { oneTrip, type StatementResult, type PreparedStatement } from "./one-trip.ts";

export interface SharedConnections {
  /**
   * Sends a quick read on the connection with the fewest waiting reads.
   * @returns null when the statement waited for a lock: send it alone
   * @throws DatabaseBusy at once when the expected wait is too long, or after two seconds without an answer
   */
  run(steps: readonly PreparedStatement[]): Promise<StatementResult[] | null>;
  /** How much longer answers take than the fastest recent ones, in ms. */
  readonly delayMs: number;
  /** Whether the next read is refused at once. */
  readonly isFull: boolean;
  /** The number of reads that were sent and not answered. */
  readonly waiting: number;
}

type OnResend = (cause: ResendCause) => void;

/** Two separate sets, so that reads of credentials do not wait behind reads of rows, which another transaction may lock. */
export interface SharedConnectionSets {
  /** For reads of sessions and service keys by id. */
  readonly credentials: SharedConnections;
  /** For reads of a workspace's rows, alone or with the session. */
  readonly rows: SharedConnections;
}

/** The longest wait for an answer. A connection that delivers no answer for this time is closed. */
const LONGEST_WAIT_MS = 2_000;
const WATCH_MS = 100;
/** A read with an expected wait of more than `longestWaitMs` is refused at once. */
const BOUNDS = { longestWaitMs: 1_500, alwaysAllowed: 16, maxSize: 4_000, isPipelined: true } as const;
/** How long a statement that waited for a lock is sent alone from the start. */
const AVOID_MS = 1_000;

/**
 * @param max the maximum number of connections; each is taken from the pool only while it is in use
 * @param onResend called when a read must be sent again
 */
export function openSharedConnections(
  connect: () => Promise<pg.PoolClient>,
  max: number,
  onResend: OnResend = () => {},
): SharedConnections {
  const locked = new LockedStatements(onResend);
  const slots = Array.from({ length: max }, () => new SharedSlot(connect, locked));
  const run = async (
    steps: readonly PreparedStatement[],
    isRetry = false,
  ): Promise<StatementResult[] | null> => {
    if (locked.includes(steps)) return null;
    const leastBusy = slots.reduce((one, slot) => (slot.load < one.load ? slot : one));
    const answers = await leastBusy.run(steps);
    if (answers !== ABANDONED) return answers;
    // The messages behind one that waited for a lock have not been executed, so they are sent again on another connection.
    onResend("connection_abandoned");
    return isRetry ? null : run(steps, true);
  };
  return {
    run: (steps) => run(steps),
    get delayMs() {
      return Math.min(...slots.map((slot) => slot.delayMs));
    },
    get isFull() {
      return slots.every((slot) => slot.isFull);
    },
    get waiting() {
      return slots.reduce((sum, slot) => sum + slot.load, 0);
    },
  };
}

/** The connection was abandoned before it answered. */
const ABANDONED = Symbol("abandoned");

/** The names of the statements that waited for a lock in the last second. */
class LockedStatements {
  readonly #until = new Map<string, number>();
  readonly #onResend: OnResend;

  constructor(onResend: OnResend) {
    this.#onResend = onResend;
  }

  add(steps: readonly PreparedStatement[]): void {
    this.#onResend("lock_wait");
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

/** The name of the last statement, which is the query. The statements before it enter the scope. */
const nameOf = (steps: readonly PreparedStatement[]): string => steps.at(-1)?.name ?? "";

/** One place in a set of shared connections. It opens a connection when a read arrives and none is open. */
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

  async run(steps: readonly PreparedStatement[]): Promise<StatementResult[] | null | typeof ABANDONED> {
    if (this.#backlog.isFull) throw new DatabaseBusy("Too many reads wait for the database.");
    const waiting = this.#backlog.enter();
    let isServed = false;
    const shared = this.#shared?.isOpen ? this.#shared : new SharedConnection(this.#connect());
    this.#shared = shared;
    try {
      const answers = await shared.run(steps);
      isServed = answers !== ABANDONED;
      return answers;
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      this.#locked.add(steps);
      shared.abandon();
      return null;
    } finally {
      this.#backlog.leave(waiting, isServed);
    }
  }
}

/** A connection while it is shared. It is released when its last read has ended, or closed if it is broken. */
class SharedConnection {
  readonly #client: Promise<pg.PoolClient>;
  readonly #watch: NodeJS.Timeout;
  /** The reads that wait for an answer, in order of arrival. */
  readonly #waiting = new Set<Waiter>();
  #lastAnswerAt = performance.now();
  #isBroken = false;
  #users = 0;
  /** Whether another read may use the connection. */
  isOpen = true;

  constructor(client: Promise<pg.PoolClient>) {
    this.#client = client;
    // After the event loop was busy, `setImmediate` lets it read the answers that have arrived before late reads are refused.
    this.#watch = setInterval(() => setImmediate(() => this.#refuseLate()), WATCH_MS);
  }

  run(steps: readonly PreparedStatement[]): Promise<StatementResult[] | typeof ABANDONED> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { since: performance.now(), reject, abandon: () => resolve(ABANDONED) };
      this.#waiting.add(waiter);
      void this.#send(steps)
        .then(resolve, reject)
        .finally(() => this.#waiting.delete(waiter));
    });
  }

  /** Closes the connection. The waiting reads can be sent on another one, because PostgreSQL has not executed them. */
  abandon(): void {
    if (!this.isOpen) return;
    for (const { abandon } of this.#waiting) abandon();
    this.#waiting.clear();
    this.#destroy();
  }

  #refuseLate(): void {
    const now = performance.now();
    for (const waiter of this.#waiting) {
      if (now - waiter.since < LONGEST_WAIT_MS) break;
      this.#waiting.delete(waiter);
      waiter.reject(new DatabaseBusy("The database did not answer a read within two seconds."));
    }
    if (this.#users > 0 && now - this.#lastAnswerAt >= LONGEST_WAIT_MS) this.#destroy();
  }

  async #send(steps: readonly PreparedStatement[]): Promise<StatementResult[]> {
    // The time without an answer begins with the first read.
    if (this.#users === 0) this.#lastAnswerAt = performance.now();
    this.#users += 1;
    try {
      const answers = await oneTrip(await this.#client, steps, { keepsPrepared: true });
      this.#lastAnswerAt = performance.now();
      return answers;
    } catch (error) {
      if (isHarmless(error)) this.#lastAnswerAt = performance.now();
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

  /** Closes the socket, so that every read without an answer fails. */
  #destroy(): void {
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
    // If connecting failed, there is no connection to release.
    void this.#client.then(
      (client) => client.release(this.#isBroken),
      () => {},
    );
  }
}

interface Waiter {
  readonly since: number;
  readonly reject: (error: Error) => void;
  readonly abandon: () => void;
}

/** This function casts, because pg's types omit the connection of a pool's client. */
const streamOf = (client: pg.PoolClient): { destroy(): void } =>
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream;

/** Whether an error only concerns its own message, so that the connection can be used further. */
export function isHarmless(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  if (typeof error !== "object" || error === null || !("severity" in error)) return false;
  // 0A000: the result columns of a prepared statement have changed, so the connection's prepared statements are unusable.
  const isStale = "code" in error && error.code === "0A000";
  return error.severity === "ERROR" && !isStale;
}

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === code;

/** Whether the statement was not prepared, because an earlier message on the connection failed before it prepared it. */
export const wasNotPrepared = (error: unknown): boolean => hasCode(error, "26000");

/** Whether the statement waited for a lock longer than the connection's `lock_timeout`. */
const isLockTimeout = (error: unknown): boolean => hasCode(error, "55P03");
