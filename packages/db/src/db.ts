// The only way to the data. A workspace's rows are reached inside `read`, `write` or `foundWorkspace`, each a
// transaction under the role projo_tenant and bound to one workspace; people and sessions through `system`,
// under projo_system, which has no right to a workspace's rows. PrismaClient itself is never exported.
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
   * Reads in the grant's workspace, where nothing can be changed.
   * @param prefetched what was asked ahead, with who asks: it is not asked again
   */
  read<T>(grant: Grant, fn: (tables: TenantRead) => Promise<T>, prefetched?: PrefetchedRows): Promise<T>;
  /**
   * Changes things in the grant's workspace, all or nothing. The membership, or the key, is read again and held.
   * @throws MembershipChanged when it has ended or no longer holds the grant's permission
   */
  write<T>(grant: Grant, fn: (tables: TenantWrite) => Promise<T>, how?: WriteOptions): Promise<T>;
  /** Makes a workspace with its founder as admin, and what `fn` adds, in one transaction. */
  foundWorkspace<T>(
    founding: NewWorkspace,
    fn: (tables: TenantWrite, workspace: Workspace) => Promise<T>,
  ): Promise<T>;
  /** Enters a workspace for somebody who is to become a member, in turn with all else that changes its members. */
  joinWorkspace<T>(workspaceId: string, fn: (tables: TenantWrite) => Promise<T>): Promise<T>;
  /** Deletes for good what nobody can restore any more, but for its audit log. @returns the workspaces that went, and why others did not */
  purgeWorkspaces(): Promise<{ purged: string[]; problems: unknown[] }>;
  /** What one person may see of where they belong. */
  readPerson<T>(userId: string, fn: (tables: PersonRead) => Promise<T>): Promise<T>;
  /** People and their sessions. */
  readonly system: SystemTables;
  /** A person's sessions, one by one. `find` is what every request asks first, in one round trip. */
  readonly sessions: SessionStore;
  /** What changes a person's account, each with its mail and its record in one statement. */
  readonly accounts: AccountStore;
  /** Invites, as they are seen from outside their workspace. */
  readonly invites: InviteLookup;
  /** Service keys, as every request of one asks for it. */
  readonly serviceKeys: ServiceKeyLookup;
  /** Mail on its way out, for whoever sends it. */
  readonly mail: MailStore;
  /**
   * Records a denial in the workspace's log, in a transaction of its own: up to 100 an hour for each actor.
   * @returns false when it was not recorded: it is beyond the cap and only counted, or there is no such workspace
   */
  readonly recordDenial: RecordDenial;
  /** Appends an entry for each actor whose denials of past hours went beyond the cap. @returns in how many workspaces */
  readonly settleDenials: SettleDenials;
  /** Since when servers make checked tokens, and what time it is, both in Unix time by the database's clock. */
  readonly checkedTokens: CheckedTokens;
  /** Takes a person's personal values out of every log. It needs the operator's login: the server's may not. */
  readonly erasePerson: ErasePerson;
  /** Whether the database answers and takes writes, within a second. @throws DatabaseBusy | DatabaseDown when it does not */
  ping(): Promise<void>;
  /** How many connections there are, how many of them are idle, and how many callers wait for one. */
  poolState(): PoolState;
  /** How much waits for the database at this moment. */
  load(): DatabaseLoad;
  /** Ends every connection; one that is still in use after a second is closed as it is. */
  close(): Promise<void>;
}

export interface DatabaseLoad {
  /** How long quick reads wait for their answers beyond the fastest ones of late; 0 where they share no connections. */
  readonly delayMs: number;
  /** Whether so many quick reads wait that another one would be refused at once. */
  readonly refusesReads: boolean;
  /** How long it takes until everybody who waits for a connection of the pool has had one, where none is free. */
  readonly poolDelayMs: number;
  /** How many wait for a connection of the pool. */
  readonly waiting: number;
}

export interface WriteOptions {
  /** In turn with all else that changes the workspace's members, each seeing what the one before did. */
  readonly lockMembers?: boolean;
  /** One statement, which is not put on record: it is committed with it, in one trip. A second one is refused. */
  readonly singleStatement?: boolean;
  /** To enter a workspace that is deleted, which nothing else can. */
  readonly deleted?: boolean;
}

export interface DbOptions {
  /** The login's pool, made by `openPool`. It is closed by `close`. */
  readonly pool: ServerPool;
  /** True behind a pooler in transaction mode, as for `openPool`: nothing is left on a connection, not even a plan. */
  readonly pooled?: boolean;
  /** The longest that a transaction may take, from its first statement to its last. */
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
  const inWorkspace = new PrismaClient({
    adapter: new PrismaPg(scopedPool(source), names),
    transactionOptions,
    errorFormat: "minimal",
  }).$extends(tenantFilter);
  // The extension changes errors alone, so the client's types are as they were.
  const outside = new PrismaClient({
    adapter: new PrismaPg(scopedPool(source, { defaultScope: { kind: "system" } }), names),
    transactionOptions,
    errorFormat: "minimal",
  }).$extends({
    query: { $allOperations: ({ args, query }) => query(args).catch(fail) },
  }) as unknown as PrismaClient;

  const run = statementRunner(source);
  const deps: TransactionDeps = {
    source,
    reading: inWorkspace as unknown as Prisma.TransactionClient,
    begin: (work) =>
      inWorkspace.$transaction((models) => work(models as unknown as Prisma.TransactionClient)),
    transactionMs,
  };
  const within = async <T>(
    scope: TenantScope,
    fn: (transaction: Transaction) => Promise<T>,
    transactionHow: TransactionOptions = {},
  ): Promise<T> => {
    const transaction = new Transaction(deps, scope, transactionHow);
    try {
      const result = await fn(transaction);
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollback();
      return failIn(scope, error);
    }
  };

  return {
    read: ({ workspaceId }, fn, prefetched) =>
      within({ kind: "read", workspaceId }, (transaction) => fn(tablesOf(transaction)), {
        prefetched: prefetched?.workspaceId === workspaceId ? prefetched : undefined,
      }),
    write: (grant, fn, how) =>
      within(writeScope(grant, how), (transaction) => fn(tablesOf(transaction)), {
        singleStatement: how?.singleStatement ?? false,
      }),
    foundWorkspace: (founding, fn) =>
      within({ kind: "founding", workspaceId: founding.id }, async (transaction) =>
        fn(tablesOf(transaction), await insertWorkspace(transaction, founding)),
      ),
    joinWorkspace: (workspaceId, fn) =>
      within({ kind: "joining", workspaceId }, (transaction) => fn(tablesOf(transaction))),
    purgeWorkspaces: async () => {
      const { rows } = await run<{ id: string }>("workspaces_to_purge", WORKSPACES_TO_PURGE_SQL, []);
      const purged: string[] = [];
      const problems: unknown[] = [];
      for (const { id } of rows) {
        const scope = { kind: "purging", workspaceId: id } as const;
        // One that cannot go now must not keep the others.
        await purge((part) => within(scope, part)).then(
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
        .run(entered, () => outside.$transaction((tables) => fn(personsOf(tables))))
        .catch((error: unknown) => failIn(scope, error));
    },
    system: outside,
    sessions: sessionStore(source),
    accounts: accountStore(run),
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
      delayMs: shared ? Math.max(shared.people.delayMs, shared.rows.delayMs) : 0,
      refusesReads: shared ? shared.people.isFull || shared.rows.isFull : false,
      poolDelayMs: queue.expectedMs,
      waiting: queue.waiting,
    }),
    close: async () => {
      await Promise.all([inWorkspace.$disconnect(), outside.$disconnect()]);
      await Promise.all([pool.end(), pool.shared?.end()]);
    },
  };
}

const sizeOf = ({ options }: pg.Pool): number => options?.max ?? Number.MAX_SAFE_INTEGER;

/** Half of the shared connections for each kind. They are few, so that there is much to do on each. */
function shareConnections(shared: pg.Pool): SharedConnectionSets {
  const connect = () => shared.connect();
  const many = Math.floor(sizeOf(shared) / 2);
  return { people: openSharedConnections(connect, many), rows: openSharedConnections(connect, many) };
}

function writeScope(
  { workspaceId, userId, permission, key }: Grant,
  { lockMembers = false, deleted = false }: WriteOptions = {},
): WriteScope {
  const allowed = roles.filter((role) => (key ? canBeScope(role, permission) : can(role, permission)));
  const actor = key ? { keyId: key.id, permission, roles: allowed } : { userId, roles: allowed, deleted };
  return { kind: "write", workspaceId, actor, lockMembers };
}

/** What one person reads in. */
function personsOf(transaction: Prisma.TransactionClient): PersonRead {
  const { workspace, workspaceMember } = transaction;
  return { workspace, workspaceMember, workspaces: personWorkspaces(transaction) };
}

/** Of both parts of the pool. Callers wait for their turn before they wait for a connection. */
function statesOf(pool: ServerPool, waitingForTurn: number): PoolState {
  const own = stateOf(pool);
  const shared = pool.shared ? stateOf(pool.shared) : { total: 0, idle: 0, waiting: 0 };
  return {
    total: own.total + shared.total,
    idle: own.idle + shared.idle,
    waiting: own.waiting + shared.waiting + waitingForTurn,
  };
}

function fail(error: unknown): never {
  throw failureOf(error);
}

function failIn(scope: Scope, error: unknown): never {
  throw isReadOnly(scope) ? failureOfReading(error) : failureOf(error);
}
