// The only way to the data. A workspace's rows are reached inside `read`, `write` or `foundWorkspace`, each a
// transaction under the role projo_tenant and bound to one workspace; people and sessions through `system`,
// under projo_system, which has no right to a workspace's rows. PrismaClient itself is never exported.
import { can, roles, type Grant } from "@projostack/authz";
import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { personEraser, type ErasePerson } from "../audit/erase-person.ts";
import { denialRecorder, type RecordDenial } from "../audit/record-denial.ts";
import { PrismaClient, type Workspace } from "../generated/client.ts";
import { accountStore, type AccountStore } from "./account-store.ts";
import { failureOf } from "./failures.ts";
import { mailStore, type MailStore } from "./mail-store.ts";
import { foundWorkspace, type Founding, type Statements } from "./found-workspace.ts";
import { currentScope, type Scope } from "./scope.ts";
import { scopedPool } from "./scoped-pool.ts";
import { statementRunner } from "./run-statement.ts";
import { sessionStore, type SessionStore } from "./session-store.ts";
import { statementNames } from "./statement-names.ts";
import { tenantFilter } from "./tenant-filter.ts";
import type { PersonRead, SystemTables, TenantRead, TenantWrite } from "./tenant-models.ts";

export interface Db {
  /** Reads in the grant's workspace: one consistent, read-only transaction. */
  read<T>(grant: Grant, fn: (tables: TenantRead) => Promise<T>): Promise<T>;
  /**
   * Changes things in the grant's workspace, all or nothing. The membership is read again and held.
   * @throws MembershipChanged when it has ended or its role no longer holds the grant's permission
   */
  write<T>(grant: Grant, fn: (tables: TenantWrite) => Promise<T>): Promise<T>;
  /** Makes a workspace with its founder as admin, and what `fn` adds, in one transaction. */
  foundWorkspace<T>(
    founding: Founding,
    fn: (tables: TenantWrite, workspace: Workspace) => Promise<T>,
  ): Promise<T>;
  /** What one person may see of where they belong. */
  readPerson<T>(userId: string, fn: (tables: PersonRead) => Promise<T>): Promise<T>;
  /** People and their sessions. */
  readonly system: SystemTables;
  /** A person's sessions, one by one. `find` is what every request asks first, in one round trip. */
  readonly sessions: SessionStore;
  /** What changes a person's account, each with its mail and its record in one statement. */
  readonly accounts: AccountStore;
  /** Mail on its way out, for whoever sends it. */
  readonly mail: MailStore;
  /**
   * Puts a refusal on a workspace's record, in a transaction of its own; up to 100 an hour.
   * @returns false when it was not: there were more, or there is no such workspace
   */
  readonly recordDenial: RecordDenial;
  /** Takes a person's personal values out of every log. */
  readonly erasePerson: ErasePerson;
  /** Whether the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DbOptions {
  /** The login's pool, made by `openPool`. It is closed by `close`. */
  readonly pool: pg.Pool;
  /** False behind a pooler that knows no prepared statements. */
  readonly preparedStatements?: boolean;
  /** The longest that a transaction may take, from its first statement to its last. */
  readonly transactionMs?: number;
}

export function createDb({ pool, preparedStatements = true, transactionMs = 10_000 }: DbOptions): Db {
  const transactionOptions = { maxWait: 2_000, timeout: transactionMs };
  const names = preparedStatements ? { statementNameGenerator: statementNames() } : {};
  const inWorkspace = new PrismaClient({
    adapter: new PrismaPg(scopedPool(pool), names),
    transactionOptions,
    errorFormat: "minimal",
  }).$extends(tenantFilter);
  // The extension changes errors alone, so the client's types are as they were.
  const outside = new PrismaClient({
    adapter: new PrismaPg(scopedPool(pool, { lone: { kind: "system" } }), names),
    transactionOptions,
    errorFormat: "minimal",
  }).$extends({
    query: { $allOperations: ({ args, query }) => query(args).catch(fail) },
  }) as unknown as PrismaClient;

  const within = <T>(scope: Scope, fn: (tables: TenantWrite & Statements) => Promise<T>): Promise<T> =>
    currentScope
      .run(scope, () =>
        inWorkspace.$transaction((tables) => fn(tables as unknown as TenantWrite & Statements)),
      )
      .catch(fail);

  return {
    read: ({ workspaceId }, fn) => within({ kind: "read", workspaceId }, fn),
    write: ({ workspaceId, userId, permission }, fn) => {
      const allowed = roles.filter((role) => can(role, permission));
      return within({ kind: "write", workspaceId, userId, roles: allowed }, fn);
    },
    foundWorkspace: (founding, fn) =>
      within({ kind: "founding", workspaceId: founding.id }, async (tables) =>
        fn(tables, await foundWorkspace(tables, founding)),
      ),
    readPerson: (userId, fn) =>
      currentScope
        .run({ kind: "system", userId }, () => outside.$transaction((tables) => fn(tables)))
        .catch(fail),
    system: outside,
    sessions: sessionStore(pool),
    accounts: accountStore(statementRunner(pool)),
    mail: mailStore(statementRunner(pool)),
    recordDenial: denialRecorder(pool),
    erasePerson: personEraser(statementRunner(pool)),
    ping: async () => {
      await pool.query("SELECT 1").catch(fail);
    },
    close: async () => {
      await Promise.all([inWorkspace.$disconnect(), outside.$disconnect()]);
      await pool.end();
    },
  };
}

function fail(error: unknown): never {
  throw failureOf(error);
}
