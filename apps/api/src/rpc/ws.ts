import type { Grant, Permission } from "@projostack/authz";
import type { TenantRead, TenantWrite } from "@projostack/db";
import { auditInto, type Audit } from "./audit.ts";
import type { Cursors } from "./cursors.ts";
import type { Services } from "./services.ts";

/** A workspace entered to read, by someone who holds the permission: one consistent view of it. */
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

/** What an operation is given that changes the workspace. */
export function writing<P extends Permission>(
  grant: Grant<P>,
  tables: TenantWrite,
  { randomness }: Pick<Services, "randomness">,
): Ws<P> {
  const newId = () => randomness.newId();
  return { id: grant.workspaceId, grant, db: tables, audit: auditInto(tables, grant, newId), newId };
}
