// Authorization: the roles, the policy table, and grants as the proof of a permission check. This package does no I/O.
export { authorize, Forbidden, holds, mayGive, type Grant, type KeyActor, type Membership } from "./grant.ts";
export {
  can,
  canBeScope,
  permissionDescriptions,
  permissions,
  policy,
  type AdminPermission,
  type Permission,
} from "./policy.ts";
export { compareRoles, roles, type Role } from "./roles.ts";
