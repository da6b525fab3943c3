import { compareRoles, type Membership, type Role } from "@projostack/authz";
import { Failure } from "../../rpc/failures/failure.ts";

/** Refuses to assign a role above the caller's own. @throws Failure permission.denied */
export function checkAssignedRole({ role: own }: Membership, assigned: Role): void {
  if (compareRoles(assigned, own) > 0) throw Failure.because("permission.denied", "role", {});
}
