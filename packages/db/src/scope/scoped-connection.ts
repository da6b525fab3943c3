// A connection of one scope's transaction. Isolation costs no waiting: what enters the scope is written to the socket
// together with the work, and its answer is read with the work's. A read's COMMIT is not waited for at all.
import type pg from "pg";
import { transactionSetup } from "./enter-sql.ts";
import type { FairQueue, QueuePlace } from "../pool/fair-queue.ts";
import { DatabaseBusy } from "../connection/failures.ts";
import { oneTrip, type StatementResult, type PreparedStatement } from "../connection/one-trip.ts";
import type { SharedConnectionSets } from "../connection/shared-connections.ts";
import { isReadOnly, queuePlaceOf, type Scope } from "./scope.ts";

/** The pool on which the scopes are entered. One for all scopes: a connection belongs to none. */
export interface PoolSource {
  connect(): Promise<pg.PoolClient>;
  /** Hands out the connections in turn. Without it callers are served in order of arrival. */
  readonly queue?: Pick<FairQueue, "take">;
  /** True where a pooler shares the connections, so that none keeps anything: no settings, no prepared statements. */
  readonly pooled?: boolean;
  /** Connections that quick reads share. None where a pooler shares them already. */
  readonly shared?: SharedConnectionSets;
}

/** Waits for a connection, in turn. */
export const connectFor = (source: PoolSource, turn: QueuePlace): Promise<pg.PoolClient> =>
  source.queue ? source.queue.take(turn) : source.connect();

/** Takes a connection and begins the scope's transaction on it. */
export async function openScoped(source: PoolSource, scope: Scope): Promise<ScopedConnection> {
  // Before a connection is taken, which an error would keep.
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

/** As far as Prisma's adapter uses one of pg's, and as a transaction of ours does. */
export class ScopedConnection {
  readonly #client: pg.PoolClient;
  readonly #scope: Scope;
  readonly #keepsPrepared: boolean;
  /** Why the scope could not be entered, once that is known: every later statement fails of it, and this is the true reason. */
  readonly #entryError: Promise<Error | undefined>;
  /** What must have been answered before the connection is anyone else's. */
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

  /** Prisma's statements, BEGIN and COMMIT among them. */
  async query(query: pg.QueryConfig): Promise<pg.QueryResult> {
    switch (query.text) {
      case "BEGIN":
        return NOTHING;
      case "COMMIT":
        return this.commit();
      case "ROLLBACK":
        return this.rollback();
      default:
        return this.#withReason(() => this.#client.query(query));
    }
  }

  /** A statement of ours. */
  async run(statement: PreparedStatement): Promise<StatementResult> {
    const [answer] = await this.#withReason(() =>
      oneTrip(this.#client, [statement], { keepsPrepared: this.#keepsPrepared }),
    );
    return answer ?? { rows: [], rowCount: 0 };
  }

  async #withReason<T>(work: () => Promise<T>): Promise<T> {
    this.#checkOwned();
    try {
      return await work();
    } catch (error) {
      throw (await this.#entryError) ?? error;
    }
  }

  commit(): pg.QueryResult | Promise<pg.QueryResult> {
    const finished = this.#finish("COMMIT");
    if (!isReadOnly(this.#scope)) return finished;
    // Nothing was written, so nothing is lost by not waiting. #finish marks the connection if it failed.
    finished.catch(() => {});
    return NOTHING;
  }

  rollback(): Promise<pg.QueryResult> {
    return this.#finish("ROLLBACK");
  }

  async #finish(word: "COMMIT" | "ROLLBACK"): Promise<pg.QueryResult> {
    this.#checkOwned();
    // One message: what closes the transaction is sent with its COMMIT or not at all, and if it fails nothing is committed.
    const message = word === "COMMIT" ? [...commitStatementsOf(this.#scope), word].join("; ") : word;
    const answer = this.#client.query(message).catch(async (error: unknown) => {
      this.#isBroken = true;
      // A statement that closes the transaction fails too where the scope was not entered, and says less.
      throw (await this.#entryError) ?? error;
    });
    this.#pending = answer.catch(() => {});
    const result = lastOf(await answer);
    // PostgreSQL answers the COMMIT of an aborted transaction with ROLLBACK, and no error.
    if (result.command !== word)
      throw (await this.#entryError) ?? new Error("The transaction was aborted earlier.");
    return result;
  }

  /** From here on the connection is somebody else's. */
  #checkOwned(): void {
    if (this.#isReleased) throw new DatabaseBusy("The transaction has ended, or took too long.");
  }

  release(error?: Error | boolean): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    void this.#pending.then(() => this.#client.release(this.#isBroken || Boolean(error)));
  }

  /** Closes the connection, whatever is under way on it: nothing of the transaction is kept. */
  abandon(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#client.release(true);
  }
}

const commitStatementsOf = (scope: Scope): readonly string[] =>
  "atCommit" in scope ? (scope.atCommit ?? []) : [];

/** To a message of several statements pg answers with as many results, which its types do not say. */
const lastOf = (answer: pg.QueryResult | pg.QueryResult[]): pg.QueryResult =>
  Array.isArray(answer) ? (answer.at(-1) ?? NOTHING) : answer;

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const NOTHING: pg.QueryResult = { command: "", rowCount: null, oid: 0, fields: [], rows: [] };
