// The connection of a scope's transaction. Isolation adds no round trip: the statements that enter the scope are written to
// the socket without waiting for their answer before the work. The COMMIT of a read is not awaited.
import type pg from "pg";
import { transactionSetup } from "./enter-sql.ts";
import type { FairQueue, QueuePlace } from "../pool/fair-queue.ts";
import { DatabaseBusy } from "../connection/failures.ts";
import { oneTrip, type StatementResult, type PreparedStatement } from "../connection/one-trip.ts";
import type { SharedConnectionSets } from "../connection/shared-connections.ts";
import { isReadOnly, queuePlaceOf, type Scope } from "./scope.ts";

/** The pool of connections for all scopes. A connection belongs to a scope only during a transaction. */
export interface PoolSource {
  connect(): Promise<pg.PoolClient>;
  /** Gives the connections to the owners in rotation. Without it, callers get them in order of arrival. */
  readonly queue?: Pick<FairQueue, "take">;
  /** True behind a pooler in transaction mode: connections keep no settings and no prepared statements. */
  readonly pooled?: boolean;
  /** The shared connections of quick reads. Undefined behind a pooler, which shares the connections itself. */
  readonly shared?: SharedConnectionSets;
}

/** Waits for a connection. */
export const connectFor = (source: PoolSource, place: QueuePlace): Promise<pg.PoolClient> =>
  source.queue ? source.queue.take(place) : source.connect();

/** Takes a connection and begins the scope's transaction on it. */
export async function openScoped(source: PoolSource, scope: Scope): Promise<ScopedConnection> {
  // This can throw, so it runs before a connection is taken.
  const entry = transactionSetup(scope, !source.pooled);
  return new ScopedConnection(await connectFor(source, queuePlaceOf(scope)), {
    scope,
    entry,
    keepsPrepared: !source.pooled,
  });
}

interface Entry {
  readonly scope: Scope;
  readonly entry: readonly PreparedStatement[];
  readonly keepsPrepared: boolean;
}

/** The part of pg's PoolClient that Prisma's adapter uses, and `run` for our own statements. */
export class ScopedConnection {
  readonly #client: pg.PoolClient;
  readonly #scope: Scope;
  readonly #keepsPrepared: boolean;
  /** The error of entering the scope. Every later statement then fails too, and this error is the cause to report. */
  readonly #entryError: Promise<Error | undefined>;
  /** Settles when the last message is answered. The connection is released only after that. */
  #pending: Promise<unknown>;
  #isBroken = false;
  #isReleased = false;

  constructor(client: pg.PoolClient, { scope, entry, keepsPrepared }: Entry) {
    this.#client = client;
    this.#scope = scope;
    this.#keepsPrepared = keepsPrepared;
    this.#entryError = oneTrip(client, entry, { keepsPrepared }).then(() => undefined, asError);
    this.#pending = this.#entryError;
  }

  on(event: "error", listener: (error: Error) => void): void {
    this.#client.on(event, listener);
  }

  removeListener(event: "error", listener: (error: Error) => void): void {
    this.#client.removeListener(event, listener);
  }

  /** Runs a statement of Prisma's, including its BEGIN, COMMIT and ROLLBACK. */
  async query(query: pg.QueryConfig): Promise<pg.QueryResult> {
    switch (query.text) {
      case "BEGIN":
        return NOTHING;
      case "COMMIT":
        return this.commit();
      case "ROLLBACK":
        return this.rollback();
      default:
        return this.#withEntryError(() => this.#client.query(query));
    }
  }

  /** Runs a prepared statement of our own code. */
  async run(statement: PreparedStatement): Promise<StatementResult> {
    const [answer] = await this.#withEntryError(() =>
      oneTrip(this.#client, [statement], { keepsPrepared: this.#keepsPrepared }),
    );
    return answer ?? { rows: [], rowCount: 0 };
  }

  async #withEntryError<T>(work: () => Promise<T>): Promise<T> {
    this.#requireOpen();
    try {
      return await work();
    } catch (error) {
      throw (await this.#entryError) ?? error;
    }
  }

  commit(): pg.QueryResult | Promise<pg.QueryResult> {
    const finished = this.#finish("COMMIT");
    if (!isReadOnly(this.#scope)) return finished;
    // A read has nothing to lose, so its COMMIT is not awaited. If the COMMIT fails, #finish marks the connection as broken.
    finished.catch(() => {});
    return NOTHING;
  }

  rollback(): Promise<pg.QueryResult> {
    return this.#finish("ROLLBACK");
  }

  async #finish(word: "COMMIT" | "ROLLBACK"): Promise<pg.QueryResult> {
    this.#requireOpen();
    // The statements of `atCommit` and the COMMIT are one message: if one of them fails, nothing is committed.
    const message = word === "COMMIT" ? [...commitStatementsOf(this.#scope), word].join("; ") : word;
    const answer = this.#client.query(message).catch(async (error: unknown) => {
      this.#isBroken = true;
      // If the scope could not be entered, the statements of `atCommit` fail too, with a less useful error.
      throw (await this.#entryError) ?? error;
    });
    this.#pending = answer.catch(() => {});
    const result = lastOf(await answer);
    // PostgreSQL answers the COMMIT of an aborted transaction with ROLLBACK, not with an error.
    if (result.command !== word)
      throw (await this.#entryError) ?? new Error("The transaction was aborted earlier.");
    return result;
  }

  /** @throws DatabaseBusy after the connection was released: another caller may use it now */
  #requireOpen(): void {
    if (this.#isReleased) throw new DatabaseBusy("The transaction has ended, or took too long.");
  }

  release(error?: Error | boolean): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    void this.#pending.then(() => this.#client.release(this.#isBroken || Boolean(error)));
  }

  /** Closes the connection without waiting for its answers. PostgreSQL then rolls the transaction back. */
  abandon(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#client.release(true);
  }
}

const commitStatementsOf = (scope: Scope): readonly string[] =>
  "atCommit" in scope ? (scope.atCommit ?? []) : [];

/** For a message of several statements, pg returns an array of results, which its types do not declare. */
const lastOf = (answer: pg.QueryResult | pg.QueryResult[]): pg.QueryResult =>
  Array.isArray(answer) ? (answer.at(-1) ?? NOTHING) : answer;

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const NOTHING: pg.QueryResult = { command: "", rowCount: null, oid: 0, fields: [], rows: [] };
