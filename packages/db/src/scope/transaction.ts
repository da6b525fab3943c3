// A transaction in a workspace. It begins with its first statement. Our SQL runs directly on its connection. Prisma's client
// joins on the first use of a model, on the same connection. A read that uses only SQL holds no connection: each of its
// statements is a transaction of one message.
import type { Prisma } from "../generated/client.ts";
import type { PrefetchedRows, PreparedQuery, Statements, StatementWeight } from "./statements.ts";
import type { PreparedStatement, StatementResult } from "../connection/one-trip.ts";
import { runInScope } from "./run-statement.ts";
import { keepingRow, storeAnswer, type Claim } from "./claim.ts";
import { currentScope, type EnteredScope } from "./current-scope.ts";
import { type TenantScope } from "./scope.ts";
import { openScoped, type PoolSource, type ScopedConnection } from "./scoped-connection.ts";
import { preparedOf, type SqlText } from "./sql-text.ts";

export interface TransactionDeps {
  readonly source: PoolSource;
  /** Prisma's models outside a transaction. Each query is a transaction of one message. */
  readonly reading: Prisma.TransactionClient;
  /** Begins a Prisma transaction, runs the work in it, and ends it with the work. */
  readonly begin: (work: (models: Prisma.TransactionClient) => Promise<void>) => Promise<void>;
  /** The time limit of a transaction in ms, from its first statement to its COMMIT. */
  readonly transactionMs: number;
}

export interface TransactionOptions {
  /** Rows that were read during authentication. */
  readonly prefetched?: PrefetchedRows | undefined;
  /** Answers the statements of a read in place of the primary, where it can. */
  readonly replica?: ReplicaStatements | undefined;
  /** Whether a write is one SQL statement, which is then sent in one message with the scope's setup and the COMMIT. */
  readonly singleStatement?: boolean;
  /** The idempotency key of a write with `singleStatement`. The statement also inserts the row of the key. */
  readonly claim?: Claim | undefined;
}

/** Runs the SQL statements of one read on a replica. */
export interface ReplicaStatements {
  /** @returns null when the primary must run the statement */
  run(statement: PreparedStatement, weight: StatementWeight): Promise<StatementResult | null>;
}

export class Transaction implements Statements {
  readonly #deps: TransactionDeps;
  readonly #scope: TenantScope;
  readonly #prefetched: PrefetchedRows | undefined;
  readonly #entered: EnteredScope;
  readonly #singleStatement: boolean;
  readonly #claim: Claim | undefined;
  #replica: ReplicaStatements | undefined;
  #hasRun = false;
  #connection: Promise<ScopedConnection> | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #prisma: JoinedPrisma | undefined;

  constructor(
    deps: TransactionDeps,
    scope: TenantScope,
    { prefetched, replica, singleStatement = false, claim }: TransactionOptions = {},
  ) {
    this.#deps = deps;
    this.#scope = scope;
    this.#prefetched = prefetched;
    this.#replica = replica;
    this.#singleStatement = singleStatement;
    this.#claim = claim;
    this.#entered = { scope, connection: () => this.#open(), source: deps.source };
  }

  async query<R>(prepared: PreparedQuery<R>): Promise<R[]> {
    const prefetched = this.#prefetched;
    if (prefetched && isSame(prefetched.query, prepared)) return prefetched.rows as R[];
    const claim = this.#claim;
    const statement = claim ? keepingRow(prepared, claim) : prepared;
    return (await this.#run(statement, prepared)).rows as R[];
  }

  async $queryRaw<T>(text: SqlText, ...values: unknown[]): Promise<T> {
    this.#requireNoClaim();
    return (await this.#run(preparedOf(text, values))).rows as T;
  }

  async $executeRaw(text: SqlText, ...values: unknown[]): Promise<number> {
    this.#requireNoClaim();
    return (await this.#run(preparedOf(text, values))).rowCount;
  }

  #run(statement: PreparedStatement, weight: StatementWeight = {}): Promise<StatementResult> {
    const replica = this.#replica;
    return replica ? this.#runOnReplica(replica, statement, weight) : this.#runOnPrimary(statement, weight);
  }

  async #runOnReplica(
    replica: ReplicaStatements,
    statement: PreparedStatement,
    weight: StatementWeight,
  ): Promise<StatementResult> {
    const answer = await replica.run(statement, weight);
    if (answer) return answer;
    this.#leaveReplica();
    return this.#runOnPrimary(statement, weight);
  }

  /** The primary also runs the later statements: the replica could return an older state than the primary has. */
  #leaveReplica(): void {
    this.#replica = undefined;
  }

  async #runOnPrimary(
    statement: PreparedStatement,
    { isQuick = false, isHeavy = false }: StatementWeight,
  ): Promise<StatementResult> {
    // A read that holds a connection must not wait for a second one: enough such reads would wait for each other.
    const holdsConnection = this.#connection !== undefined;
    if (holdsConnection || (this.#scope.kind !== "read" && !this.#singleStatement))
      return (await this.#open()).run(statement);
    if (this.#scope.kind !== "read") this.#markRun();
    const { source } = this.#deps;
    const shared = isQuick && this.#scope.kind === "read" ? source.shared?.rows : undefined;
    const [answer] = await runInScope(source, this.#scope, [statement], { shared, isHeavy });
    return answer ?? { rows: [], rowCount: 0 };
  }

  /** A single statement is committed with itself, so the transaction cannot run a second one. */
  #markRun(): void {
    if (this.#hasRun) throw new Error("A transaction with singleStatement runs only one statement.");
    this.#hasRun = true;
  }

  /** Only a prepared query is extended by the row of the key, so any other single statement could run twice. */
  #requireNoClaim(): void {
    if (this.#claim) throw new Error("A single statement with an idempotency key must be a prepared query.");
  }

  /** Stores the encrypted answer of a call with an idempotency key, in one message with the COMMIT. */
  storeAnswer(claim: Claim, answer: Uint8Array): void {
    if (this.#scope.kind === "read") throw new Error("A read-only transaction stores no answer.");
    const statements = storeAnswer(claim, answer);
    const others = this.#scope.atCommit ?? [];
    // An audit entry comes last, because it locks the log. But the statements of an account change the role.
    this.#scope.atCommit = claim.of === "workspace" ? [...statements, ...others] : [...others, ...statements];
  }

  /** The error of entering the scope. It is the cause of every later error of the transaction. */
  async entryError(): Promise<Error | undefined> {
    const connection = await this.#connection?.catch(() => undefined);
    return connection?.entryError;
  }

  runAtCommit(statement: string): void {
    if (this.#singleStatement) throw new Error("A transaction with singleStatement records no audit entry.");
    if (this.#scope.kind === "read") {
      throw new Error("A read-only transaction cannot run a statement at its COMMIT.");
    }
    (this.#scope.atCommit ??= []).push(statement);
  }

  /** Runs one call of Prisma's models in this transaction, filtered by its workspace. */
  async withModels<T>(method: string, work: (models: Prisma.TransactionClient) => Promise<T>): Promise<T> {
    this.#leaveReplica();
    const models = await this.#modelsFor(method);
    // Prisma starts a query when its promise is awaited, so the await must be inside `run`.
    return currentScope.run(this.#entered, async () => await work(models));
  }

  async #modelsFor(method: string): Promise<Prisma.TransactionClient> {
    if (this.#singleStatement)
      throw new Error("A transaction with singleStatement cannot use Prisma's models.");
    const isAlone = SINGLE_STATEMENT_METHODS.has(method) && !this.#deps.source.distributed;
    if (this.#scope.kind === "read" && isAlone) return this.#deps.reading;
    this.#prisma ??= joinPrisma(this.#deps.begin, this.#entered);
    return this.#prisma.models;
  }

  async commit(): Promise<void> {
    clearTimeout(this.#deadline);
    if (this.#prisma) return this.#prisma.commit();
    if (this.#hasRun) return;
    // A write without any statement is committed too: entering its scope checks the actor, and an audit entry may follow.
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
    // The caller already has the error. A connection that cannot roll back is closed.
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
 * The methods that a read runs in one message, outside a Prisma transaction. findUnique is not among them: Prisma batches
 * the findUnique calls of one tick across scopes, and a separate transaction prevents that. Methods that write are not
 * either: the read-only transaction refuses them.
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

/** Opens a Prisma transaction on our connection. It stays open until our transaction ends, and sends COMMIT or ROLLBACK. */
function joinPrisma(begin: TransactionDeps["begin"], entered: EnteredScope): JoinedPrisma {
  const work = deferred<void>();
  const opened = deferred<Prisma.TransactionClient>();
  const ended = currentScope.run(entered, () =>
    begin(async (models) => {
      opened.resolve(models);
      await work.promise;
    }),
  );
  // A caller that awaits the models gets the error. Without a caller, the rejection must not be reported as unhandled.
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

/** A promise with its resolve and reject functions. */
function deferred<T>(): Deferred<T> {
  let settle: Pick<Deferred<T>, "resolve" | "reject"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (!settle) throw new Error("A promise calls its executor synchronously.");
  return { promise, ...settle };
}
