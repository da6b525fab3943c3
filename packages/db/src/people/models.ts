import type { PrismaClient } from "../generated/client.ts";
import type { Models, ReadOnly, TenantKey } from "../tenant/models.ts";
import type { PersonWorkspaces } from "./person-workspaces.ts";

/** People and their sessions. */
export type SystemTables = Pick<PrismaClient, Exclude<Uncapitalize<keyof Models>, TenantKey>>;
/** What one person may see of where they belong. */
export type PersonRead = ReadOnly<"workspace" | "workspaceMember"> & {
  readonly workspaces: PersonWorkspaces;
};
