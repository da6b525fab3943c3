// A grant is the proof that a permission was checked. `authorize` mints it and nothing else does, which is
// why this file has the one cast: the brand exists for the compiler alone.
import { can, canBeScope, type Permission } from "./policy.ts";
import type { Role } from "./roles.ts";

declare const granted: unique symbol;

/** Somebody's place in a workspace, as the database has it at this moment. */
export interface Membership {
  readonly workspaceId: string;
  /** The person, or for a service key the person who made it. */
  readonly userId: string;
  readonly role: Role;
  /** Present when a service key acts, and not the person. */
  readonly key?: KeyActor;
}

/** A service key: it may do what its scopes say, of what its role may. */
export interface KeyActor {
  readonly id: string;
  readonly scopes: readonly Permission[];
}

/** Proof that the permission was checked for this member of this workspace. */
export interface Grant<P extends Permission = Permission> extends Membership {
  readonly permission: P;
  readonly [granted]: P;
}

/** The member's role, or the key's scopes, do not hold the permission. */
export class Forbidden extends Error {
  override readonly name = "Forbidden";
  readonly permission: Permission;

  constructor(permission: Permission) {
    super(`This needs the permission ${permission}.`);
    this.permission = permission;
  }
}

/** Checks the permission and returns the proof. @throws Forbidden when it is not held */
export function authorize<const P extends Permission>(member: Membership, permission: P): Grant<P> {
  if (!holds(member, permission)) throw new Forbidden(permission);
  const { workspaceId, userId, role, key } = member;
  return Object.freeze({ workspaceId, userId, role, permission, ...(key && { key }) }) as Grant<P>;
}

/** Whether the member may do it. */
export function holds({ role, key }: Membership, permission: Permission): boolean {
  if (!key) return can(role, permission);
  return key.scopes.includes(permission) && canBeScope(role, permission);
}

/** Whether the member may give a key this scope: nobody gives what they do not hold. */
export function mayGive(member: Membership, permission: Permission): boolean {
  return member.key ? holds(member, permission) : canBeScope(member.role, permission);
}
