import { Prisma } from "../generated/client.ts";
import type { TenantLists, TenantStatements } from "./tenant-statements.ts";

// The tenant models are read off the generated types: those with a workspaceId, and the workspace itself. So
// a new table cannot be forgotten.
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

/** The workspace's tables, to read. */
export type TenantRead = ReadOnly<TenantKey> & { readonly sql: TenantLists };
/** The workspace's tables, to change; the log is written by its statement alone. */
export type TenantWrite = Omit<Pick<Client, TenantKey>, "auditLog"> &
  ReadOnly<"auditLog"> & { readonly sql: TenantStatements };
/** A model's columns, by their names in the client. */
export const columnsOf = (model: Prisma.ModelName): object => Prisma[`${model}ScalarFieldEnum`];

/** The same at run time, from the same generated client. */
export const tenantModels: ReadonlySet<string> = new Set<string>(
  Object.values(Prisma.ModelName).filter(
    (model) => model === "Workspace" || "workspaceId" in columnsOf(model),
  ),
);
