// The only access to the data. `read`, `write`, `foundWorkspace` and `answerInvite` give access to a workspace's rows:
// each is a transaction under the role projo_tenant and is bound to one workspace. `system` and the stores give access to
// users and sessions under the role projo_system, which has no right to a workspace's rows. PrismaClient is never exported.
import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { Client, type SharedParts } from "./client.ts";
import { PrismaClient, type Prisma } from "./generated/client.ts";
import type { DatabaseLayout } from "./login/database-layout.ts";
import type { Db } from "./db-interface.ts";
import { checkLogin } from "./login/check-login.ts";
import { Replica } from "./replica/replica.ts";
import type { ReplicaChange } from "./replica/replica-state.ts";
import { stateOf, type PoolSize } from "./pool/bounded-pool.ts";
import { failureOf } from "./connection/failures.ts";
import type { ConnectionObserver, ResendCause } from "./connection/observers.ts";
import { pingOf } from "./pool/ping.ts";
import type { PoolSource } from "./scope/scoped-connection.ts";
import { scopedPool } from "./scope/scoped-pool.ts";
import { FairQueue } from "./pool/fair-queue.ts";
import {
  openSharedConnections,
  type SharedConnections,
  type SharedConnectionSets,
} from "./connection/shared-connections.ts";
import type { ServerPool } from "./pool/open-pool.ts";
import { statementNames } from "./connection/statement-names.ts";
import { tenantFilter } from "./tenant/filter.ts";
import type { TransactionDeps } from "./scope/transaction.ts";

export interface DbOptions {
  /** The pool of the login, created by `openPool`. `close` ends it. */
  readonly pool: ServerPool;
  /** True behind a pooler in transaction mode, as for `openPool`: connections keep no settings and no prepared statements. */
  readonly pooled?: boolean;
  /** Where the rows of workspaces are. The default is `single`. */
  readonly layout?: DatabaseLayout;
  /** The time limit of a transaction in ms, from its first statement to its COMMIT. The default is 10,000. */
  readonly transactionMs?: number;
  /** Receives the events of the connections, for metrics. */
  readonly observer?: ConnectionObserver | undefined;
  /** A standby that may answer reads; undefined without one. */
  readonly replica?: ReplicaOptions | undefined;
}

export interface ReplicaOptions {
  /** The pool of the replica, created by `openReplicaPool`. `close` ends it. */
  readonly pool: ServerPool;
  /** True behind a pooler in transaction mode. */
  readonly pooled?: boolean;
  /** How long a read waits until the replica has replayed the changes of the primary, in ms. Then the primary answers. */
  readonly maxLagMs: number;
  /** Called when the replica answers reads for the first time or again, and when it no longer does. */
  readonly onChange?: (change: ReplicaChange) => void;
}

export function createDb({
  pool,
  pooled = false,
  layout = "single",
  transactionMs = 10_000,
  observer,
  replica: replicaOptions,
}: DbOptions): Db {
  const transactionOptions = { maxWait: 2_000, timeout: transactionMs };
  const connect = () => pool.connect();
  const queue = new FairQueue({ connect, size: sizeOf(pool) });
  const shared = pool.shared && shareConnections(pool.shared, (cause) => observer?.readResent(cause));
  const distributed = layout === "citus";
  const all: PoolSource = { connect, queue, pooled, distributed, observer, ...(shared && { shared }) };
  const replica = replicaOptions ? openReplica(all, replicaOptions) : null;
  const nameOf = statementNames("projo");
  const names = pooled ? {} : { statementNameGenerator: ({ sql }: { sql: string }) => nameOf(sql) };
  const tenantClient = new PrismaClient({
    adapter: new PrismaPg(scopedPool(all), names),
    transactionOptions,
    errorFormat: "minimal",
  }).$extends(tenantFilter);
  // The extension only changes errors, so the client's type stays valid.
  const systemClient = new PrismaClient({
    adapter: new PrismaPg(scopedPool(all, { defaultScope: { kind: "system" } }), names),
    transactionOptions,
    errorFormat: "minimal",
  }).$extends({
    query: { $allOperations: ({ args, query }) => query(args).catch(throwFailure) },
  }) as unknown as PrismaClient;

  const begin: TransactionDeps["begin"] = (work) =>
    tenantClient.$transaction((models) => work(models as unknown as Prisma.TransactionClient));
  const reading = tenantClient as unknown as Prisma.TransactionClient;
  const parts: SharedParts = {
    systemClient,
    reading,
    begin,
    transactionMs,
    replica,
    ping: pingOf(pool),
    poolState: () => statesOf(pool, queue.waiting),
    load: () => ({
      delayMs: shared ? Math.max(shared.credentials.delayMs, shared.rows.delayMs) : 0,
      refusesReads: shared ? shared.credentials.isFull || shared.rows.isFull : false,
      poolDelayMs: queue.expectedMs,
      waiting: queue.waiting,
      sharedWaiting: shared ? shared.credentials.waiting + shared.rows.waiting : 0,
    }),
    close: async () => {
      replica?.stop();
      await Promise.all([replicaOptions?.pool.end(), replicaOptions?.pool.shared?.end()]);
      await Promise.all([tenantClient.$disconnect(), systemClient.$disconnect()]);
      await Promise.all([pool.end(), pool.shared?.end()]);
    },
  };
  return new Client(parts, all);
}

function openReplica(primary: PoolSource, options: ReplicaOptions): Replica {
  const { pool, pooled = false, maxLagMs, onChange = () => {} } = options;
  const { observer } = primary;
  const connect = () => pool.connect();
  const queue = new FairQueue({ connect, size: sizeOf(pool) });
  const shared = pool.shared && shareReplicaConnections(pool.shared);
  const source: PoolSource = {
    connect,
    queue,
    pooled,
    observer: observer && {
      messageAnswered: (_, milliseconds) => observer.messageAnswered("replica", milliseconds),
      readResent: (cause) => observer.readResent(cause),
      replicaRead: (outcome) => observer.replicaRead(outcome),
      auditAppended: (milliseconds) => observer.auditAppended(milliseconds),
    },
    ...(shared && { shared: { credentials: shared, rows: shared } }),
  };
  const poolSize = () => statesOf(pool, queue.waiting);
  return new Replica({ primary, source, maxLagMs, poolSize, onChange, checkLogin: () => checkLogin(pool) });
}

/** A replica gets no queries of credentials, so all of its shared connections are for rows. */
const shareReplicaConnections = (shared: pg.Pool): SharedConnections =>
  openSharedConnections(() => shared.connect(), sizeOf(shared));

const sizeOf = ({ options }: pg.Pool): number => options?.max ?? Number.MAX_SAFE_INTEGER;

/** Gives half of the shared connections to each kind of query. Few connections mean that more queries share a message. */
function shareConnections(shared: pg.Pool, onResend: (cause: ResendCause) => void): SharedConnectionSets {
  const connect = () => shared.connect();
  const max = Math.floor(sizeOf(shared) / 2);
  const open = () => openSharedConnections(connect, max, onResend);
  return { credentials: open(), rows: open() };
}

/** The sum of both pools. A caller waits in the fair queue before it waits in the pool. */
function statesOf(pool: ServerPool, queued: number): PoolSize {
  const own = stateOf(pool);
  const shared = pool.shared ? stateOf(pool.shared) : { total: 0, idle: 0, waiting: 0 };
  const most = sizeOf(pool) + (pool.shared ? sizeOf(pool.shared) : 0);
  return {
    most,
    total: own.total + shared.total,
    idle: own.idle + shared.idle,
    waiting: own.waiting + shared.waiting + queued,
  };
}

function throwFailure(error: unknown): never {
  throw failureOf(error);
}
