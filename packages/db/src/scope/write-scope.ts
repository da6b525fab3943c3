import { can, canBeScope, roles, type Grant } from "@projostack/authz";
import type { WriteScope } from "./scope.ts";

interface Entering {
  readonly lockMembers?: boolean;
  readonly deleted?: boolean;
}

/** The scope of a write with a grant. */
export function writeScope(
  { workspaceId, userId, permission, key }: Grant,
  { lockMembers = false, deleted = false }: Entering = {},
): WriteScope {
  const allowed = roles.filter((role) => (key ? canBeScope(role, permission) : can(role, permission)));
  const actor = key ? { keyId: key.id, permission, roles: allowed } : { userId, roles: allowed, deleted };
  return { kind: "write", workspaceId, actor, lockMembers };
}
