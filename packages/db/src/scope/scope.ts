import type { Permission, Role } from "@projostack/authz";
import type { Claim } from "./claim.ts";
import { SERVER, type QueuePlace } from "../pool/fair-queue.ts";

/** Reads in a workspace. */
export interface ReadScope {
  readonly kind: "read";
  readonly workspaceId: string;
  /** On a replica: the state of the primary that the replica must have reached. Otherwise the scope enters no workspace. */
  readonly position?: ReadPosition | undefined;
}

/** A state of the primary: everything that it had committed at one moment. */
export interface ReadPosition {
  /** The identifier of the cluster, which a standby shares with its primary. */
  readonly system: string;
  /** The object id of the database in the cluster. */
  readonly database: string;
  /** The number of the timeline, which increases when a standby is promoted. */
  readonly timeline: number;
  /** The position in the write-ahead log. */
  readonly lsn: string;
}

/** Writes in a workspace as a member or a service key. The database checks again that the actor is still allowed to. */
export interface WriteScope {
  readonly kind: "write";
  readonly workspaceId: string;
  readonly actor: PersonActor | KeyActor;
  /** Whether the transaction locks the workspace row, so that such transactions run one after another. */
  readonly lockMembers: boolean;
  /** The idempotency key of the call. */
  readonly claim?: Claim | undefined;
  /** SQL statements that are sent in one message with the COMMIT. They cannot have parameters. */
  atCommit?: string[];
}

export interface PersonActor {
  readonly userId: string;
  readonly roles: readonly Role[];
  /** True to enter a deleted workspace. Entering then fails for a workspace that is not deleted. */
  readonly deleted: boolean;
}

export interface KeyActor {
  readonly keyId: string;
  readonly permission: Permission;
  readonly roles: readonly Role[];
}

/** Works in a workspace without a member's rights: it is being created, a user answers an invite, or it is being purged. */
export interface UnauthenticatedScope {
  readonly kind: "founding" | "answering" | "purging";
  readonly workspaceId: string;
  /** The idempotency key of the call. */
  readonly claim?: Claim | undefined;
  /** SQL statements that are sent in one message with the COMMIT. They cannot have parameters. */
  atCommit?: string[];
}

export type TenantScope = ReadScope | WriteScope | UnauthenticatedScope;

/** Works outside any workspace, on users and sessions. */
export interface SystemScope {
  readonly kind: "system";
  /** If given, the scope is read-only and shows this user's memberships and workspaces. */
  readonly userId?: string;
  /** The idempotency key of the call. */
  readonly claim?: Claim | undefined;
  /** SQL statements that are sent in one message with the COMMIT. They cannot have parameters. */
  atCommit?: string[];
}

/** Works outside any workspace as an operator. Only the operator's login can enter this scope. */
export interface OperatorScope {
  readonly kind: "operator";
}

export type Scope = TenantScope | SystemScope | OperatorScope;

/** Whether the scope's transactions are read-only. PostgreSQL enforces this. */
export const isReadOnly = (scope: Scope): boolean =>
  scope.kind === "read" || (scope.kind === "system" && scope.userId !== undefined);

/** The owner of the scope's work in the queue for connections. */
export function queuePlaceOf(scope: Scope): QueuePlace {
  if (scope.kind === "operator") return { owner: SERVER };
  return { owner: scope.kind === "system" ? (scope.userId ?? SERVER) : scope.workspaceId };
}

/** How the SQL statement begins that appends audit entries in one message with the COMMIT. */
export const AUDIT_APPEND = "SELECT projo_audit_append(";

export const appendsAudit = (statements: readonly string[]): boolean =>
  statements.some((statement) => statement.startsWith(AUDIT_APPEND));
