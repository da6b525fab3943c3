// A transaction of a workspace's, which begins with its first statement. SQL of ours goes straight to its connection;
// Prisma's client is asked in when somebody asks for one of its models, and works on the same connection. A read that needs
// no model needs no connection for itself either: each of its statements is a transaction in one message.
import type { Prisma } from "../generated/client.ts";
import type { PrefetchedRows, PreparedQuery, Statements, StatementWeight } from "./statements.ts";
import type { PreparedStatement } from "../connection/one-trip.ts";
import { runInScope } from "./run-statement.ts";
import { currentScope, type EnteredScope } from "./current-scope.ts";
import { type TenantScope } from "./scope.ts";
import { openScoped, type PoolSource, type ScopedConnection } from "./scoped-connection.ts";
import { preparedOf, type SqlText } from "./sql-text.ts";

export interface TransactionDeps {
  readonly source: PoolSource;
  /** Prisma's models outside a transaction, where each statement that reads is one of its own. */
  readonly reading: Prisma.TransactionClient;
  /** Begins what Prisma takes for a transaction, and ends it with the work. */
  readonly begin: (work: (models: Prisma.TransactionClient) => Promise<void>) => Promise<void>;
  /** The longest that a transaction may take, from its first statement to its last. */
  readonly transactionMs: number;
}

export interface TransactionOptions {
  readonly prefetched?: PrefetchedRows | undefined;
  /** Of a change: whether it is one statement of ours, which is then sent with all that enters and commits it. */
  readonly singleStatement?: boolean;
}

export class Transaction implements Statements {
  readonly #deps: TransactionDeps;
  readonly #scope: TenantScope;
  readonly #prefetched: PrefetchedRows | undefined;
  readonly #entered: EnteredScope;
  readonly #singleStatement: boolean;
  #isSpent = false;
  #connection: Promise<ScopedConnection> | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #prisma: JoinedPrisma | undefined;

  constructor(
    means: TransactionDeps,
    scope: TenantScope,
    { prefetched, singleStatement = false }: TransactionOptions = {},
  ) {
    this.#deps = means;
    this.#scope = scope;
    this.#prefetched = prefetched;
    this.#singleStatement = singleStatement;
    this.#entered = { scope, connection: () => this.#open() };
  }

  async query<R>(prepared: PreparedQuery<R>): Promise<R[]> {
    const prefetched = this.#prefetched;
    if (prefetched && isSame(prefetched.query, prepared)) return prefetched.rows as R[];
    return (await this.#run(prepared, prepared)).rows as R[];
  }

  async $queryRaw<T>(text: SqlText, ...values: unknown[]): Promise<T> {
    return (await this.#run(preparedOf(text, values))).rows as T;
  }

  async $executeRaw(text: SqlText, ...values: unknown[]): Promise<number> {
    return (await this.#run(preparedOf(text, values))).rowCount;
  }

  async #run(statement: PreparedStatement, { isQuick = false, isHeavy = false }: StatementWeight = {}) {
    if (this.#scope.kind !== "read" && !this.#singleStatement) return (await this.#open()).run(statement);
    if (this.#scope.kind !== "read") this.#spend();
    const { source } = this.#deps;
    const shared = isQuick && this.#scope.kind === "read" ? source.shared?.rows : undefined;
    const [answer] = await runInScope(source, this.#scope, [statement], { shared, isHeavy });
    return answer ?? { rows: [], rowCount: 0 };
  }

  /** A change that is one statement is committed with it, so nothing more can be done in it. */
  #spend(): void {
    if (this.#isSpent) throw new Error("A change that was said to be one statement has been made already.");
    this.#isSpent = true;
  }

  /** Has a statement sent with the COMMIT. If it fails, nothing of the transaction is kept. */
  runAtCommit(statement: string): void {
    if (this.#singleStatement) throw new Error("A change that is one statement is not put on record.");
    if (this.#scope.kind === "read") {
      throw new Error("Only a transaction that changes a workspace is closed with a statement.");
    }
    (this.#scope.atCommit ??= []).push(statement);
  }

  /** Does one thing with Prisma's models, in this transaction and filtered by its workspace. */
  async withModels<T>(method: string, work: (models: Prisma.TransactionClient) => Promise<T>): Promise<T> {
    const models = await this.#modelsFor(method);
    // Awaited within: what Prisma returns begins when somebody waits for it.
    return currentScope.run(this.#entered, async () => await work(models));
  }

  async #modelsFor(method: string): Promise<Prisma.TransactionClient> {
    if (this.#singleStatement) throw new Error("A change that is one statement has no models.");
    if (this.#scope.kind === "read" && SINGLE_STATEMENT_METHODS.has(method)) return this.#deps.reading;
    this.#prisma ??= joinPrisma(this.#deps.begin, this.#entered);
    return this.#prisma.models;
  }

  async commit(): Promise<void> {
    clearTimeout(this.#deadline);
    if (this.#prisma) return this.#prisma.commit();
    if (this.#isSpent) return;
    // A change is committed also where nothing was asked: who makes it must still be allowed to, and it may be on record.
    if (this.#scope.kind === "read" && !this.#connection) return;
    const connection = await this.#open();
    try {
      await connection.commit();
    } finally {
      connection.release();
    }
  }

  async rollback(): Promise<void> {
    clearTimeout(this.#deadline);
    if (this.#prisma) return this.#prisma.rollback();
    const connection = await this.#connection?.catch(() => undefined);
    // Why it failed is known already. A connection that cannot roll back is closed.
    await connection?.rollback().then(
      () => connection.release(),
      () => connection.abandon(),
    );
  }

  #open(): Promise<ScopedConnection> {
    this.#connection ??= openScoped(this.#deps.source, this.#scope).then((connection) => {
      this.#deadline = setTimeout(() => connection.abandon(), this.#deps.transactionMs);
      return connection;
    });
    return this.#connection;
  }
}

/**
 * What reads by itself in one message. Prisma puts the findUnique calls of one moment together, whoever makes them and
 * wherever, so these have a transaction of their own to keep them apart; and whatever would write is to be refused there.
 */
const SINGLE_STATEMENT_METHODS: ReadonlySet<string> = new Set([
  "findFirst",
  "findFirstOrThrow",
  "findMany",
  "count",
  "aggregate",
  "groupBy",
]);

interface JoinedPrisma {
  readonly models: Promise<Prisma.TransactionClient>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Opens Prisma's own idea of a transaction around ours: it ends when ours does, and by Prisma's COMMIT or ROLLBACK. */
function joinPrisma(begin: TransactionDeps["begin"], entered: EnteredScope): JoinedPrisma {
  const work = deferred<void>();
  const opened = deferred<Prisma.TransactionClient>();
  const ended = currentScope.run(entered, () =>
    begin(async (models) => {
      opened.resolve(models);
      await work.promise;
    }),
  );
  // Whoever waits for the models hears of it; a transaction that nobody waits for any more ends unheard.
  ended.catch(opened.reject);
  opened.promise.catch(() => {});
  work.promise.catch(() => {});
  return {
    models: opened.promise,
    commit: async () => {
      work.resolve();
      await ended;
    },
    rollback: async () => {
      work.reject(new Error("rolled back"));
      await ended.catch(() => {});
    },
  };
}

const isSame = (one: PreparedStatement, other: PreparedStatement): boolean =>
  one.name === other.name &&
  one.values.length === other.values.length &&
  one.values.every((value, at) => Object.is(value, other.values[at]));

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** A promise that somebody else keeps. */
function deferred<T>(): Deferred<T> {
  let keep: Pick<Deferred<T>, "resolve" | "reject"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    keep = { resolve, reject };
  });
  if (!keep) throw new Error("A promise calls its executor at once.");
  return { promise, ...keep };
}
