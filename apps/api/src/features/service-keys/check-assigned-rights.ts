import {
  canBeScope,
  compareRoles,
  mayGive,
  type Membership,
  type Permission,
  type Role,
} from "@projostack/authz";
import { Failure } from "../../rpc/failure.ts";

export interface Rights {
  readonly role: Role;
  readonly scopes: readonly Permission[];
}

/** A key's scopes are some of what its role may. @throws Failure input.invalid */
export function checkScopes({ role, scopes }: Rights): void {
  const beyond = scopes.filter((scope) => !canBeScope(role, scope));
  if (beyond.length === 0) return;
  throw new Failure("input.invalid", {
    fieldErrors: { scopes: [`The role ${role} does not hold ${beyond.join(", ")}.`] },
  });
}

/**
 * Nobody gives what they do not hold: a key that may make keys makes none that may do more than itself.
 * @throws Failure permission.denied
 */
export function checkAssignedRights(giver: Membership, { role, scopes }: Rights): void {
  const isHigher = compareRoles(role, giver.role) > 0;
  if (isHigher || scopes.some((scope) => !mayGive(giver, scope))) throw new Failure("permission.denied");
}
