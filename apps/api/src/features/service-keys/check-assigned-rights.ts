import {
  canBeScope,
  compareRoles,
  mayGive,
  type Membership,
  type Permission,
  type Role,
} from "@projostack/authz";
import { Failure } from "../../rpc/failures/failure.ts";
import { invalidFields } from "../../rpc/failures/invalid-input.ts";

export interface Rights {
  readonly role: Role;
  readonly scopes: readonly Permission[];
}

/** Checks that the role of a key holds each of its scopes. @throws Failure input.invalid */
export function checkScopes({ role, scopes }: Rights): void {
  const beyond = scopes.filter((scope) => !canBeScope(role, scope));
  if (beyond.length === 0) return;
  throw invalidFields({
    scopes: [`The role ${role} does not hold ${beyond.join(", ")}. Remove it, or choose a higher role.`],
  });
}

/**
 * Refuses to assign rights that the caller does not hold. A key that can create keys cannot create one with more rights.
 * @throws Failure permission.denied
 */
export function checkAssignedRights(giver: Membership, { role, scopes }: Rights): void {
  const isHigher = compareRoles(role, giver.role) > 0;
  if (isHigher || scopes.some((scope) => !mayGive(giver, scope)))
    throw Failure.because("permission.denied", "rights", {});
}
