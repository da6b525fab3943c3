import type { Grant, Permission } from "@projostack/authz";
import type { TenantRead, TenantWrite } from "@projostack/db";
import { withAudit, type Audit, type Origin } from "./audit.ts";
import type { Cursors } from "./cursors.ts";

/**
 * A workspace opened for reading by a caller who holds the permission. Each statement sees the rows committed when it
 * began.
 */
export interface ReadWs<P extends Permission = Permission> {
  readonly id: string;
  readonly grant: Grant<P>;
  readonly db: TenantRead;
  readonly cursors: Cursors;
}

/** A workspace opened for writing: one transaction, which commits when the operation's function has returned. */
export interface Ws<P extends Permission = Permission> {
  readonly id: string;
  readonly grant: Grant<P>;
  readonly db: TenantWrite;
  readonly audit: Audit;
  newId(): string;
}

/** Runs an operation in a write transaction of the workspace and appends the audit entries that it declares. */
export const runInWorkspace = <P extends Permission, T>(
  grant: Grant<P>,
  origin: Origin,
  tables: TenantWrite,
  work: (ws: Ws<P>) => Promise<T>,
): Promise<T> =>
  withAudit(origin, tables, (audit) =>
    work({ id: grant.workspaceId, grant, db: tables, audit, newId: origin.newId }),
  );
