// The connection of a scope's transaction. Isolation adds no round trip: the statements that enter the scope are written to
// the socket without waiting for their answer before the work. The COMMIT of a read is not awaited.
import type pg from "pg";
import { bindWorkspace, withWorkspace } from "./bind-workspace.ts";
import { needsBegin, transactionSetup } from "./enter-sql.ts";
import type { FairQueue, QueuePlace } from "../pool/fair-queue.ts";
import { DatabaseBusy } from "../connection/failures.ts";
import { oneTrip, type StatementResult, type PreparedStatement } from "../connection/one-trip.ts";
import { observeMessage, type Observers } from "../connection/observers.ts";
import type { SharedConnectionSets } from "../connection/shared-connections.ts";
import { appendsAudit, isReadOnly, queuePlaceOf, type Scope } from "./scope.ts";

/** The pool of connections for all scopes. A connection belongs to a scope only during a transaction. */
export interface PoolSource extends Observers {
  connect(): Promise<pg.PoolClient>;
  /** Gives the connections to the owners in rotation. Without it, callers get them in order of arrival. */
  readonly queue?: Pick<FairQueue, "take">;
  /** True behind a pooler in transaction mode: connections keep no settings and no prepared statements. */
  readonly pooled?: boolean;
  /** True when the rows of workspaces are distributed over the workers of Citus. */
  readonly distributed?: boolean;
  /** The shared connections of quick reads. Undefined behind a pooler, which shares the connections itself. */
  readonly shared?: SharedConnectionSets;
}

/** Waits for a connection. */
export const connectFor = (source: PoolSource, place: QueuePlace): Promise<pg.PoolClient> =>
  source.queue ? source.queue.take(place) : source.connect();

/** Takes a connection and begins the scope's transaction on it. */
export async function openScoped(source: PoolSource, scope: Scope): Promise<ScopedConnection> {
  // This can throw, so it runs before a connection is taken.
  const entry = transactionSetup(scope, source);
  return new ScopedConnection(await connectFor(source, queuePlaceOf(scope)), {
    scope,
    entry,
    keepsPrepared: !source.pooled,
    workspaceId: needsBegin(scope, source) && "workspaceId" in scope ? scope.workspaceId : undefined,
    observers: source,
  });
}

interface Entry {
  readonly scope: Scope;
  readonly observers: Observers;
  readonly entry: readonly PreparedStatement[];
  readonly keepsPrepared: boolean;
  /** The workspace that statements name by a parameter; undefined when they read it from the setting. */
  readonly workspaceId: string | undefined;
}

/** The part of pg's PoolClient that Prisma's adapter uses, and `run` for our own statements. */
export class ScopedConnection {
  readonly #client: pg.PoolClient;
  readonly #scope: Scope;
  readonly #observers: Observers;
  readonly #keepsPrepared: boolean;
  readonly #workspaceId: string | undefined;
  /** The error of entering the scope. Every later statement then fails too, and this error is the cause to report. */
  readonly #entryError: Promise<Error | undefined>;
  /** Settles when the last message is answered. The connection is released only after that. */
  #pending: Promise<unknown>;
  #isBroken = false;
  #isReleased = false;

  constructor(client: pg.PoolClient, { scope, entry, keepsPrepared, workspaceId, observers }: Entry) {
    this.#client = client;
    this.#scope = scope;
    this.#observers = observers;
    this.#keepsPrepared = keepsPrepared;
    this.#workspaceId = workspaceId;
    this.#entryError = oneTrip(client, entry, { keepsPrepared }).then(() => undefined, asError);
    this.#pending = this.#entryError;
  }

  /** The error of entering the scope, once the database has answered; undefined without one. */
  get entryError(): Promise<Error | undefined> {
    return this.#entryError;
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
        return this.#withEntryError(() =>
          observeMessage(this.#observers, messageNamed(query.name), () => this.#client.query(query)),
        );
    }
  }

  /** Runs a prepared statement of our own code. */
  async run(statement: PreparedStatement): Promise<StatementResult> {
    const bound = this.#workspaceId === undefined ? statement : bindWorkspace(statement, this.#workspaceId);
    const [answer] = await this.#withEntryError(() =>
      observeMessage(this.#observers, messageNamed(statement.name), () =>
        oneTrip(this.#client, [bound], { keepsPrepared: this.#keepsPrepared }),
      ),
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
    const statements = word === "COMMIT" ? commitStatementsOf(this.#scope) : [];
    const text = [...statements, word].join("; ");
    const message = this.#workspaceId === undefined ? text : withWorkspace(text, this.#workspaceId);
    const sentAt = performance.now();
    const answer = this.#observed(word, () => this.#client.query(message)).catch(async (error: unknown) => {
      this.#isBroken = true;
      // If the scope could not be entered, the statements of `atCommit` fail too, with a less useful error.
      throw (await this.#entryError) ?? error;
    });
    this.#pending = answer.catch(() => {});
    const result = lastOf(await answer);
    if (appendsAudit(statements)) this.#observers.observer?.auditAppended(performance.now() - sentAt);
    // PostgreSQL answers the COMMIT of an aborted transaction with ROLLBACK, not with an error.
    if (result.command !== word)
      throw (await this.#entryError) ?? new Error("The transaction was aborted earlier.");
    return result;
  }

  /** The COMMIT of a read is not a round trip that the call waits for. */
  #observed<T>(word: "COMMIT" | "ROLLBACK", send: () => Promise<T>): Promise<T> {
    return isReadOnly(this.#scope)
      ? send()
      : observeMessage(this.#observers, messageNamed(word.toLowerCase()), send);
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

/** A message of a connection that no other call shares. */
export const messageNamed = (name = "statement") => ({ name, connection: "own" }) as const;

const commitStatementsOf = (scope: Scope): readonly string[] =>
  "atCommit" in scope ? (scope.atCommit ?? []) : [];

/** For a message of several statements, pg returns an array of results, which its types do not declare. */
const lastOf = (answer: pg.QueryResult | pg.QueryResult[]): pg.QueryResult =>
  Array.isArray(answer) ? (answer.at(-1) ?? NOTHING) : answer;

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const NOTHING: pg.QueryResult = { command: "", rowCount: null, oid: 0, fields: [], rows: [] };
