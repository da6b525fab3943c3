import type { PrismaClient } from "../generated/client.ts";
import type { Models, ReadOnly, TenantKey } from "../tenant/models.ts";
import type { PersonWorkspaces } from "./person-workspaces.ts";

/** Prisma's models of users and sessions: every model that is not a tenant model. */
export type SystemTables = Pick<PrismaClient, Exclude<Uncapitalize<keyof Models>, TenantKey>>;
/** The tables that show one user's memberships and workspaces, for reading. */
export type PersonRead = ReadOnly<"workspace" | "workspaceMember"> & {
  readonly workspaces: PersonWorkspaces;
};
