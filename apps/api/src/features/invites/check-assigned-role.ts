import { compareRoles, type Membership, type Role } from "@projostack/authz";
import { Failure } from "../../rpc/failure.ts";

/** Nobody gives a role above their own. @throws Failure permission.denied */
export function checkAssignedRole({ role: own }: Membership, given: Role): void {
  if (compareRoles(given, own) > 0) throw new Failure("permission.denied");
}
