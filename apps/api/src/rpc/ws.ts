import type { Grant, Permission } from "@projostack/authz";
import type { TenantRead, TenantWrite } from "@projostack/db";
import { withAudit, type Audit, type Origin } from "./audit.ts";
import type { Cursors } from "./cursors.ts";

/** A workspace entered to read, by someone who holds the permission: each statement sees what was committed when it began. */
export interface ReadWs<P extends Permission = Permission> {
  readonly id: string;
  readonly grant: Grant<P>;
  readonly db: TenantRead;
  readonly cursors: Cursors;
}

/** A workspace entered to change it: one transaction, which commits when the operation has its answer. */
export interface Ws<P extends Permission = Permission> {
  readonly id: string;
  readonly grant: Grant<P>;
  readonly db: TenantWrite;
  readonly audit: Audit;
  newId(): string;
}

/** Lets an operation change the workspace, and puts on record what it says it did. */
export const runInWorkspace = <P extends Permission, T>(
  grant: Grant<P>,
  origin: Origin,
  tables: TenantWrite,
  work: (ws: Ws<P>) => Promise<T>,
): Promise<T> =>
  withAudit(origin, tables, (audit) =>
    work({ id: grant.workspaceId, grant, db: tables, audit, newId: origin.newId }),
  );
