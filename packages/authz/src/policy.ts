import { roles, type Role } from "./roles.ts";

/** The policy: the least role that holds each permission. A rule that is not in this table does not exist. */
export const policy = {
  "workspace:read": "viewer",
  "member:read": "viewer",
  "project:read": "viewer",
  "task:read": "viewer",
  "project:write": "member",
  "task:write": "member",
  "project:delete": "admin",
  "workspace:manage": "admin",
  "workspace:delete": "admin",
  "member:manage": "admin",
  "invite:manage": "admin",
  "key:manage": "admin",
  "audit:read": "admin",
} as const satisfies Record<string, Role>;

export type Permission = keyof typeof policy;

/** The permissions that only an admin holds. */
export type AdminPermission = {
  [P in Permission]: (typeof policy)[P] extends "admin" ? P : never;
}[Permission];

/** Whether a member of this role holds the permission. */
export function can(role: Role, permission: Permission): boolean {
  return roles.indexOf(role) >= roles.indexOf(policy[permission]);
}
