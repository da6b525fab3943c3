// A grant is the proof that a permission was checked. Only `authorize` creates grants. It needs the one cast of this file,
// because the brand exists only in the type.
import { can, canBeScope, type Permission } from "./policy.ts";
import type { Role } from "./roles.ts";

declare const granted: unique symbol;

/** The membership of a user or service key in a workspace, as stored in the database now. */
export interface Membership {
  readonly workspaceId: string;
  /** The user, or the creator of the service key. */
  readonly userId: string;
  readonly role: Role;
  /** Present if the caller is a service key. */
  readonly key?: KeyActor;
}

/** A calling service key. It holds the permissions that both its scopes and its role allow. */
export interface KeyActor {
  readonly id: string;
  readonly scopes: readonly Permission[];
}

/** Proof that the permission was checked for this member of this workspace. */
export interface Grant<P extends Permission = Permission> extends Membership {
  readonly permission: P;
  readonly [granted]: P;
}

/** Thrown if the member's role or the key's scopes do not include the permission. */
export class Forbidden extends Error {
  override readonly name = "Forbidden";
  readonly permission: Permission;

  constructor(permission: Permission) {
    super(`This needs the permission ${permission}.`);
    this.permission = permission;
  }
}

/** Checks the permission and returns a grant. @throws Forbidden if the member does not hold the permission */
export function authorize<const P extends Permission>(member: Membership, permission: P): Grant<P> {
  if (!holds(member, permission)) throw new Forbidden(permission);
  const { workspaceId, userId, role, key } = member;
  return Object.freeze({ workspaceId, userId, role, permission, ...(key && { key }) }) as Grant<P>;
}

/** Returns whether the member holds the permission. */
export function holds({ role, key }: Membership, permission: Permission): boolean {
  if (!key) return can(role, permission);
  return key.scopes.includes(permission) && canBeScope(role, permission);
}

/** Returns whether the member may give a service key this scope. Members can only give permissions that they hold. */
export function mayGive(member: Membership, permission: Permission): boolean {
  return member.key ? holds(member, permission) : canBeScope(member.role, permission);
}
