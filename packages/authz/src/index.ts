// Who may: roles, one policy table, and the grant that proves a check was made. No input or output here.
export { authorize, Forbidden, type Grant, type Membership } from "./grant.ts";
export { can, policy, type AdminPermission, type Permission } from "./policy.ts";
export { roles, type Role } from "./roles.ts";
