import type { Permission, Role } from "@projostack/authz";
import { SERVER, type QueuePlace } from "../pool/fair-queue.ts";

/** Inside a workspace, reading. */
export interface ReadScope {
  readonly kind: "read";
  readonly workspaceId: string;
}

/** Inside a workspace, writing as one of its members or keys, who must still be allowed to. */
export interface WriteScope {
  readonly kind: "write";
  readonly workspaceId: string;
  readonly actor: PersonActor | KeyActor;
  /** Who of those that change the members goes first: they take turns, each seeing what the one before did. */
  readonly lockMembers: boolean;
  /** Statements that are sent in one message with the COMMIT, which takes no parameters. */
  atCommit?: string[];
}

export interface PersonActor {
  readonly userId: string;
  readonly roles: readonly Role[];
  /** True to enter a deleted workspace, and no other. */
  readonly deleted: boolean;
}

export interface KeyActor {
  readonly keyId: string;
  readonly permission: Permission;
  readonly roles: readonly Role[];
}

/** Inside a workspace without a member's right: one is being made, is joining, or nobody is left. */
export interface UnauthenticatedScope {
  readonly kind: "founding" | "joining" | "purging";
  readonly workspaceId: string;
  atCommit?: string[];
}

export type TenantScope = ReadScope | WriteScope | UnauthenticatedScope;

/** Outside any workspace: people and sessions; for a named person, to read where they belong. */
export interface SystemScope {
  readonly kind: "system";
  readonly userId?: string;
}

/** Outside any workspace, as an operator: only the operator's login enters it. */
export interface OperatorScope {
  readonly kind: "operator";
}

export type Scope = TenantScope | SystemScope | OperatorScope;

/** Whether nothing is written in the scope, which the database holds it to. */
export const isReadOnly = (scope: Scope): boolean =>
  scope.kind === "read" || (scope.kind === "system" && scope.userId !== undefined);

/** Whose work it is, when connections are handed out. */
export function queuePlaceOf(scope: Scope): QueuePlace {
  if (scope.kind === "operator") return { owner: SERVER };
  return { owner: scope.kind === "system" ? (scope.userId ?? SERVER) : scope.workspaceId };
}
