// A grant is the proof that a permission was checked. `authorize` mints it and nothing else does, which is
// why this file has the one cast: the brand exists for the compiler alone.
import { can, type Permission } from "./policy.ts";
import type { Role } from "./roles.ts";

declare const granted: unique symbol;

/** Somebody's place in a workspace, as the database has it at this moment. */
export interface Membership {
  readonly workspaceId: string;
  readonly userId: string;
  readonly role: Role;
}

/** Proof that the permission was checked for this member of this workspace. */
export interface Grant<P extends Permission = Permission> extends Membership {
  readonly permission: P;
  readonly [granted]: P;
}

/** The member's role does not hold the permission. */
export class Forbidden extends Error {
  override readonly name = "Forbidden";
  readonly permission: Permission;

  constructor(permission: Permission) {
    super(`This needs the permission ${permission}.`);
    this.permission = permission;
  }
}

/** Checks the permission and returns the proof. @throws Forbidden when the role does not hold it */
export function authorize<const P extends Permission>(member: Membership, permission: P): Grant<P> {
  if (!can(member.role, permission)) throw new Forbidden(permission);
  const { workspaceId, userId, role } = member;
  return Object.freeze({ workspaceId, userId, role, permission }) as Grant<P>;
}
