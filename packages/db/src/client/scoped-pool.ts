// A pg.Pool to Prisma's eyes, whose every transaction enters the current scope, and whose lone statements are
// transactions too. Isolation costs no waiting: what enters the scope is written to the socket together with
// the work, and its answer is read with the work's. A read's COMMIT is not waited for at all.
//
// The casts are this file's: pg's Pool is overloaded for callbacks, and Prisma calls the promise forms alone.
import pg from "pg";
import { transactionSettings } from "./connection-settings.ts";
import { enterSql } from "./enter-sql.ts";
import { currentScope, isReadOnly, type Scope } from "./scope.ts";

/** The pool on which the scopes are entered. One for all scopes: a connection belongs to none. */
export interface PoolSource {
  connect(): Promise<pg.PoolClient>;
  /** True where a pooler shares the connections, so that none keeps anything: no settings, no prepared statements. */
  readonly pooled?: boolean;
}

const entryTo = (scope: Scope, { pooled = false }: PoolSource): string =>
  enterSql(scope, pooled ? transactionSettings : []);

/** @param lone the scope of statements outside a transaction; without it they are refused */
export function scopedPool(source: PoolSource, options: { lone?: Scope } = {}): pg.Pool {
  const facade = {
    connect: async () => {
      // Before a connection is taken, which an error would keep.
      const scope = scopeNow(options.lone);
      const entry = entryTo(scope, source);
      return new ScopedConnection(await source.connect(), scope, entry);
    },
    query: async (query: pg.QueryConfig) => {
      if (!options.lone) throw new Error("A tenant's rows are reached through db.read or db.write.");
      return loneStatement(source, options.lone, query);
    },
    end: () => Promise.resolve(),
  };
  return Object.assign(new pg.Pool(), facade as unknown as Pick<pg.Pool, "connect" | "query" | "end">);
}

/** With a scope for lone statements, no workspace's scope around it counts: only a person's. */
function scopeNow(lone: Scope | undefined): Scope {
  const scope = currentScope.getStore();
  if (lone) return scope?.kind === lone.kind ? scope : lone;
  if (!scope) throw new Error("A transaction begins inside db.read, db.write or db.system.");
  return scope;
}

/**
 * Begins, works and commits in one round trip.
 * @param lock runs before the work, which then sees all that was committed while it waited
 */
export async function loneStatement<R extends pg.QueryResultRow>(
  source: PoolSource,
  scope: Scope,
  query: pg.QueryConfig,
  lock?: pg.QueryConfig,
): Promise<pg.QueryResult<R>> {
  const entry = entryTo(scope, source);
  const named = ({ name, ...rest }: pg.QueryConfig) => (source.pooled || !name ? rest : { ...rest, name });
  const client = await source.connect();
  const [entered, locked, worked, committed] = await Promise.allSettled([
    client.query(entry),
    lock && client.query(named(lock)),
    client.query<R>(named(query)),
    client.query("COMMIT"),
  ]);
  client.release(committed.status === "rejected");
  if (entered.status === "rejected") throw entered.reason;
  if (locked.status === "rejected") throw locked.reason;
  if (worked.status === "rejected") throw worked.reason;
  if (committed.status === "rejected") throw committed.reason;
  return worked.value;
}

/** One transaction's connection, as far as Prisma's adapter uses it. */
class ScopedConnection {
  readonly #client: pg.PoolClient;
  readonly #scope: Scope;
  readonly #entry: string;
  /** Why the scope could not be entered: every later statement fails of it, and this is the true reason. */
  #entryError: Error | undefined;
  /** What must have been answered before the connection is anyone else's. */
  #pending: Promise<unknown> = Promise.resolve();
  #broken = false;

  constructor(client: pg.PoolClient, scope: Scope, entry: string) {
    this.#client = client;
    this.#scope = scope;
    this.#entry = entry;
  }

  on(event: "error", listener: (error: Error) => void): void {
    this.#client.on(event, listener);
  }

  removeListener(event: "error", listener: (error: Error) => void): void {
    this.#client.removeListener(event, listener);
  }

  async query(query: pg.QueryConfig): Promise<pg.QueryResult> {
    if (query.text === "BEGIN") return this.#begin();
    if (query.text === "COMMIT") return this.#commit();
    if (query.text === "ROLLBACK") return this.#finish("ROLLBACK");
    try {
      return await this.#client.query(query);
    } catch (error) {
      throw this.#entryError ?? error;
    }
  }

  #begin(): pg.QueryResult {
    this.#pending = this.#client.query(this.#entry).catch((error: unknown) => {
      this.#entryError = asError(error);
    });
    return NOTHING;
  }

  #commit(): pg.QueryResult | Promise<pg.QueryResult> {
    const finished = this.#finish("COMMIT");
    if (!isReadOnly(this.#scope)) return finished;
    // Nothing was written, so nothing is lost by not waiting. #finish marks the connection if it failed.
    finished.catch(() => {});
    return NOTHING;
  }

  async #finish(word: "COMMIT" | "ROLLBACK"): Promise<pg.QueryResult> {
    // One message: what closes the transaction is sent with its COMMIT or not at all, and if it fails nothing is committed.
    const message = word === "COMMIT" ? [...closingOf(this.#scope), word].join("; ") : word;
    const answer = this.#client.query(message).catch((error: unknown) => {
      this.#broken = true;
      throw error;
    });
    this.#pending = answer.catch(() => {});
    const result = lastOf(await answer);
    // PostgreSQL answers the COMMIT of an aborted transaction with ROLLBACK, and no error.
    if (result.command !== word) throw this.#entryError ?? new Error("The transaction was aborted earlier.");
    return result;
  }

  release(error?: Error | boolean): void {
    void this.#pending.then(() => this.#client.release(this.#broken || Boolean(error)));
  }
}

const closingOf = (scope: Scope): readonly string[] => ("closing" in scope ? (scope.closing ?? []) : []);

/** To a message of several statements pg answers with as many results, which its types do not say. */
const lastOf = (answer: pg.QueryResult | pg.QueryResult[]): pg.QueryResult =>
  Array.isArray(answer) ? (answer.at(-1) ?? NOTHING) : answer;

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const NOTHING: pg.QueryResult = { command: "", rowCount: null, oid: 0, fields: [], rows: [] };
