import { Prisma } from "../generated/client.ts";
import type { TenantLists, TenantStatements } from "./tenant-statements.ts";

// The tenant models are derived from the generated types: every model with a workspaceId, and the workspace itself. A new
// table is therefore included without a list to edit.
export type Models = Prisma.TypeMap["model"];
type WithWorkspace = {
  [M in keyof Models]: "workspaceId" extends keyof Models[M]["payload"]["scalars"] ? M : never;
}[keyof Models];
export type TenantModel = WithWorkspace | "Workspace";
export type TenantKey = Uncapitalize<TenantModel>;

type Reading =
  | "findUnique"
  | "findUniqueOrThrow"
  | "findFirst"
  | "findFirstOrThrow"
  | "findMany"
  | "count"
  | "aggregate"
  | "groupBy";
type Client = Prisma.TransactionClient;
export type ReadOnly<K extends keyof Client> = {
  readonly [M in K]: Pick<Client[M], Reading & keyof Client[M]>;
};

/** The tables of a workspace for reading. */
export type TenantRead = ReadOnly<TenantKey> & { readonly sql: TenantLists };
/** The tables of a workspace for writing. Only the statement `sql.audit` writes the audit log. */
export type TenantWrite = Omit<Pick<Client, TenantKey>, "auditLog"> &
  ReadOnly<"auditLog"> & { readonly sql: TenantStatements };

/** The columns of a model, by their names in Prisma's client. */
export const columnsOf = (model: Prisma.ModelName): object => Prisma[`${model}ScalarFieldEnum`];

/** The names of the tenant models at run time, derived from the same generated client. */
export const tenantModels: ReadonlySet<string> = new Set<string>(
  Object.values(Prisma.ModelName).filter(
    (model) => model === "Workspace" || "workspaceId" in columnsOf(model),
  ),
);
