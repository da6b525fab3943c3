// Who may: roles, one policy table, and the grant that proves a check was made. No input or output here.
export { authorize, Forbidden, holds, mayGive, type Grant, type KeyActor, type Membership } from "./grant.ts";
export { can, canBeScope, permissions, policy, type AdminPermission, type Permission } from "./policy.ts";
export { compareRoles, roles, type Role } from "./roles.ts";
