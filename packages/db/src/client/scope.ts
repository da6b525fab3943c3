import { AsyncLocalStorage } from "node:async_hooks";
import type { Role } from "@projostack/authz";

/** Inside a workspace, reading. */
export interface ReadScope {
  readonly kind: "read";
  readonly workspaceId: string;
}

/** Inside a workspace, writing as one of its members, who must still hold one of the roles. */
export interface WriteScope {
  readonly kind: "write";
  readonly workspaceId: string;
  readonly userId: string;
  readonly roles: readonly Role[];
}

/** Inside a workspace that is being made, and so has no members yet. */
export interface FoundingScope {
  readonly kind: "founding";
  readonly workspaceId: string;
}

export type TenantScope = ReadScope | WriteScope | FoundingScope;

/** Outside any workspace: people and sessions; for a named person, to read where they belong. */
export interface SystemScope {
  readonly kind: "system";
  readonly userId?: string;
}

export type Scope = TenantScope | SystemScope;

/** Whether nothing is written in the scope, which the database holds it to. */
export const isReadOnly = (scope: Scope): boolean =>
  scope.kind === "read" || (scope.kind === "system" && scope.userId !== undefined);

/** The scope of the work at hand. Only `createDb` sets it; the pool reads it when a transaction begins. */
export const currentScope = new AsyncLocalStorage<Scope>();
