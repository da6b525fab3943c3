// The only access to the data. `read`, `write`, `foundWorkspace` and `joinWorkspace` give access to a workspace's rows:
// each is a transaction under the role projo_tenant and is bound to one workspace. `system` and the stores give access to
// users and sessions under the role projo_system, which has no right to a workspace's rows. PrismaClient is never exported.
import { can, canBeScope, roles, type Grant } from "@projostack/authz";
import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { personEraser, type ErasePerson } from "./people/erase-person.ts";
import {
  denialRecorder,
  denialSettler,
  type RecordDenial,
  type SettleDenials,
} from "./tenant/audit/record-denial.ts";
import { PrismaClient, type Prisma, type Workspace } from "./generated/client.ts";
import { accountMails, type AccountMails } from "./people/account-mails.ts";
import { accountStore, type AccountStore } from "./people/accounts.ts";
import { checkedTokensReader, type CheckedTokens } from "./people/checked-tokens.ts";
import { stateOf, type PoolState } from "./pool/bounded-pool.ts";
import { failureOf, failureOfReading } from "./connection/failures.ts";
import { mailStore, type MailStore } from "./people/mail-outbox.ts";
import { insertWorkspace, type NewWorkspace } from "./tenant/create-workspace.ts";
import { inviteLookup, type InviteLookup } from "./people/invite-lookup.ts";
import { personWorkspaces } from "./people/person-workspaces.ts";
import { purge, WORKSPACES_TO_PURGE_SQL } from "./tenant/purge.ts";
import { pingOf } from "./pool/ping.ts";
import { currentScope } from "./scope/current-scope.ts";
import { isReadOnly, type Scope, type TenantScope, type WriteScope } from "./scope/scope.ts";
import { openScoped, type PoolSource } from "./scope/scoped-connection.ts";
import { scopedPool } from "./scope/scoped-pool.ts";
import { FairQueue } from "./pool/fair-queue.ts";
import { openSharedConnections, type SharedConnectionSets } from "./connection/shared-connections.ts";
import type { ServerPool } from "./pool/open-pool.ts";
import { operatorRunner, sharedStatementRunner, statementRunner } from "./scope/run-statement.ts";
import { serviceKeyLookup, type ServiceKeyLookup } from "./people/service-key-lookup.ts";
import { sessionStore, type SessionStore } from "./people/sessions.ts";
import { statementNames } from "./connection/statement-names.ts";
import { tenantFilter } from "./tenant/filter.ts";
import type { PersonRead, SystemTables } from "./people/models.ts";
import type { TenantRead, TenantWrite } from "./tenant/models.ts";
import { tablesOf } from "./tenant/tables.ts";
import { Transaction, type TransactionDeps, type TransactionOptions } from "./scope/transaction.ts";
import { type PrefetchedRows } from "./scope/statements.ts";

export interface Db {
  /**
   * Reads in the grant's workspace, in a read-only transaction.
   * @param prefetched rows that were read during authentication: an equal query returns them without a round trip
   */
  read<T>(grant: Grant, fn: (tables: TenantRead) => Promise<T>, prefetched?: PrefetchedRows): Promise<T>;
  /**
   * Writes in the grant's workspace, in one transaction. It reads the membership or the service key again and locks it.
   * @throws MembershipChanged when the membership or key has ended, or no longer has the grant's permission
   */
  write<T>(grant: Grant, fn: (tables: TenantWrite) => Promise<T>, options?: WriteOptions): Promise<T>;
  /** Creates a workspace with its founder as admin, and runs `fn` in the same transaction. */
  foundWorkspace<T>(
    founding: NewWorkspace,
    fn: (tables: TenantWrite, workspace: Workspace) => Promise<T>,
  ): Promise<T>;
  /** Enters a workspace for a user who is about to become a member. It locks the workspace row, as `lockMembers` does. */
  joinWorkspace<T>(workspaceId: string, fn: (tables: TenantWrite) => Promise<T>): Promise<T>;
  /**
   * Deletes the workspaces that can no longer be restored, except their audit logs.
   * @returns the ids of the purged workspaces, and the errors of those that could not be purged
   */
  purgeWorkspaces(): Promise<{ purged: string[]; problems: unknown[] }>;
  /** Reads the memberships and workspaces of one user, in a read-only transaction. */
  readPerson<T>(userId: string, fn: (tables: PersonRead) => Promise<T>): Promise<T>;
  /** Prisma's models of users and sessions. */
  readonly system: SystemTables;
  /** Sessions. `find` is the first query of every authenticated request and takes one round trip. */
  readonly sessions: SessionStore;
  /** Account changes. Each is one statement that also queues the mail and inserts the account event. */
  readonly accounts: AccountStore;
  /** The status of the mails to a user, for that user. */
  readonly accountMails: AccountMails;
  /** Invites, found by a token or by the invited user, without entering the workspace. */
  readonly invites: InviteLookup;
  /** Service keys, found by id to authenticate a request. */
  readonly serviceKeys: ServiceKeyLookup;
  /** The mail outbox, for the mail worker. */
  readonly mail: MailStore;
  /**
   * Records a denial in the workspace's audit log, in a separate transaction. At most 100 an hour are recorded for an actor.
   * @returns false when the denial was not recorded: it exceeds the cap and is only counted, or the workspace does not exist
   */
  readonly recordDenial: RecordDenial;
  /** Appends an entry for each actor whose denials exceeded the cap in past hours. @returns the number of workspaces */
  readonly settleDenials: SettleDenials;
  /** Reads when servers began to issue checked tokens, and the current time: both in Unix time, by the database's clock. */
  readonly checkedTokens: CheckedTokens;
  /** Erases a user's personal values from every audit log. It needs the operator's login; the server's login lacks the right. */
  readonly erasePerson: ErasePerson;
  /** Checks within a second that the database answers and accepts writes. @throws DatabaseBusy | DatabaseDown */
  ping(): Promise<void>;
  /** The number of connections, of idle connections, and of callers that wait for one. */
  poolState(): PoolState;
  /** The current load of the database's connections. */
  load(): DatabaseLoad;
  /** Ends every connection. A connection that is still in use after a second is destroyed. */
  close(): Promise<void>;
}

export interface DatabaseLoad {
  /** How much longer quick reads take than the fastest recent ones, in ms; 0 without shared connections. */
  readonly delayMs: number;
  /** Whether the queue of quick reads is full, so that the next one fails at once. */
  readonly refusesReads: boolean;
  /** The expected time in ms until every caller that waits now has got a connection; 0 while one is free. */
  readonly poolDelayMs: number;
  /** The number of callers that wait for a connection of the pool. */
  readonly waiting: number;
}

export interface WriteOptions {
  /**
   * Locks the workspace row first. Transactions with this option run one after another, and each sees what the one before
   * committed: use it for every change of members, and for a count that limits an insert.
   */
  readonly lockMembers?: boolean;
  /**
   * Sends the statement together with its COMMIT, in one round trip. The transaction then takes exactly one SQL statement,
   * no Prisma model and no audit entry. @throws Error at a second statement
   */
  readonly singleStatement?: boolean;
  /** Enters a deleted workspace, and only a deleted one. Without it, entering a deleted workspace fails. */
  readonly deleted?: boolean;
}

export interface DbOptions {
  /** The pool of the login, created by `openPool`. `close` ends it. */
  readonly pool: ServerPool;
  /** True behind a pooler in transaction mode, as for `openPool`: connections keep no settings and no prepared statements. */
  readonly pooled?: boolean;
  /** The time limit of a transaction in ms, from its first statement to its COMMIT. The default is 10,000. */
  readonly transactionMs?: number;
}

export function createDb({ pool, pooled = false, transactionMs = 10_000 }: DbOptions): Db {
  const transactionOptions = { maxWait: 2_000, timeout: transactionMs };
  const connect = () => pool.connect();
  const queue = new FairQueue({ connect, size: sizeOf(pool) });
  const shared = pool.shared && shareConnections(pool.shared);
  const source: PoolSource = { connect, queue, pooled, ...(shared && { shared }) };
  const nameOf = statementNames("projo");
  const names = pooled ? {} : { statementNameGenerator: ({ sql }: { sql: string }) => nameOf(sql) };
  const tenantClient = new PrismaClient({
    adapter: new PrismaPg(scopedPool(source), names),
    transactionOptions,
    errorFormat: "minimal",
  }).$extends(tenantFilter);
  // The extension only changes errors, so the client's type stays valid.
  const systemClient = new PrismaClient({
    adapter: new PrismaPg(scopedPool(source, { defaultScope: { kind: "system" } }), names),
    transactionOptions,
    errorFormat: "minimal",
  }).$extends({
    query: { $allOperations: ({ args, query }) => query(args).catch(throwFailure) },
  }) as unknown as PrismaClient;

  const run = statementRunner(source);
  const deps: TransactionDeps = {
    source,
    reading: tenantClient as unknown as Prisma.TransactionClient,
    begin: (work) =>
      tenantClient.$transaction((models) => work(models as unknown as Prisma.TransactionClient)),
    transactionMs,
  };
  const inTransaction = async <T>(
    scope: TenantScope,
    fn: (transaction: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> => {
    const transaction = new Transaction(deps, scope, options);
    try {
      const result = await fn(transaction);
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollback();
      return throwFailureIn(scope, error);
    }
  };

  return {
    read: ({ workspaceId }, fn, prefetched) =>
      inTransaction({ kind: "read", workspaceId }, (transaction) => fn(tablesOf(transaction)), {
        prefetched: prefetched?.workspaceId === workspaceId ? prefetched : undefined,
      }),
    write: (grant, fn, options) =>
      inTransaction(writeScope(grant, options), (transaction) => fn(tablesOf(transaction)), {
        singleStatement: options?.singleStatement ?? false,
      }),
    foundWorkspace: (founding, fn) =>
      inTransaction({ kind: "founding", workspaceId: founding.id }, async (transaction) =>
        fn(tablesOf(transaction), await insertWorkspace(transaction, founding)),
      ),
    joinWorkspace: (workspaceId, fn) =>
      inTransaction({ kind: "joining", workspaceId }, (transaction) => fn(tablesOf(transaction))),
    purgeWorkspaces: async () => {
      const { rows } = await run<{ id: string }>("workspaces_to_purge", WORKSPACES_TO_PURGE_SQL, []);
      const purged: string[] = [];
      const problems: unknown[] = [];
      for (const { id } of rows) {
        const scope = { kind: "purging", workspaceId: id } as const;
        // A workspace that cannot be purged now must not stop the purge of the others.
        await purge((part) => inTransaction(scope, part)).then(
          (done) => done && purged.push(id),
          (error: unknown) => problems.push(error),
        );
      }
      return { purged, problems };
    },
    readPerson: (userId, fn) => {
      const scope = { kind: "system", userId } as const;
      const entered = { scope, connection: () => openScoped(source, scope) };
      return currentScope
        .run(entered, () => systemClient.$transaction((tables) => fn(personTables(tables))))
        .catch((error: unknown) => throwFailureIn(scope, error));
    },
    system: systemClient,
    sessions: sessionStore(source),
    accounts: accountStore(run),
    accountMails: accountMails(run),
    invites: inviteLookup(run),
    serviceKeys: serviceKeyLookup({ run, runQuickly: sharedStatementRunner(source) }),
    mail: mailStore(run),
    recordDenial: denialRecorder(source),
    checkedTokens: checkedTokensReader(run),
    settleDenials: denialSettler(run),
    erasePerson: personEraser(operatorRunner(source)),
    ping: pingOf(pool),
    poolState: () => statesOf(pool, queue.waiting),
    load: () => ({
      delayMs: shared ? Math.max(shared.credentials.delayMs, shared.rows.delayMs) : 0,
      refusesReads: shared ? shared.credentials.isFull || shared.rows.isFull : false,
      poolDelayMs: queue.expectedMs,
      waiting: queue.waiting,
    }),
    close: async () => {
      await Promise.all([tenantClient.$disconnect(), systemClient.$disconnect()]);
      await Promise.all([pool.end(), pool.shared?.end()]);
    },
  };
}

const sizeOf = ({ options }: pg.Pool): number => options?.max ?? Number.MAX_SAFE_INTEGER;

/** Gives half of the shared connections to each kind of query. Few connections mean that more queries share a message. */
function shareConnections(shared: pg.Pool): SharedConnectionSets {
  const connect = () => shared.connect();
  const max = Math.floor(sizeOf(shared) / 2);
  return { credentials: openSharedConnections(connect, max), rows: openSharedConnections(connect, max) };
}

function writeScope(
  { workspaceId, userId, permission, key }: Grant,
  { lockMembers = false, deleted = false }: WriteOptions = {},
): WriteScope {
  const allowed = roles.filter((role) => (key ? canBeScope(role, permission) : can(role, permission)));
  const actor = key ? { keyId: key.id, permission, roles: allowed } : { userId, roles: allowed, deleted };
  return { kind: "write", workspaceId, actor, lockMembers };
}

/** The tables of `readPerson`. */
function personTables(transaction: Prisma.TransactionClient): PersonRead {
  const { workspace, workspaceMember } = transaction;
  return { workspace, workspaceMember, workspaces: personWorkspaces(transaction) };
}

/** The sum of both pools. A caller waits in the fair queue before it waits in the pool. */
function statesOf(pool: ServerPool, queued: number): PoolState {
  const own = stateOf(pool);
  const shared = pool.shared ? stateOf(pool.shared) : { total: 0, idle: 0, waiting: 0 };
  return {
    total: own.total + shared.total,
    idle: own.idle + shared.idle,
    waiting: own.waiting + shared.waiting + queued,
  };
}

function throwFailure(error: unknown): never {
  throw failureOf(error);
}

function throwFailureIn(scope: Scope, error: unknown): never {
  throw isReadOnly(scope) ? failureOfReading(error) : failureOf(error);
}
