// The one cast: Object.keys forgets what it knew of the names.
import { roles, type Role } from "./roles.ts";

/**
 * The policy: the least role that holds each permission. A rule that is not in this table does not exist. What stands
 * as `key` no role holds: only a service key does, when an admin gave it that scope.
 */
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
  "token:introspect": "key",
} as const satisfies Record<string, Role | "key">;

export type Permission = keyof typeof policy;

/** The permissions that only an admin holds. */
export type AdminPermission = {
  [P in Permission]: (typeof policy)[P] extends "admin" ? P : never;
}[Permission];

/** Whether a member of this role holds the permission. */
export function can(role: Role, permission: Permission): boolean {
  const least: Role | "key" = policy[permission];
  return least !== "key" && roles.indexOf(role) >= roles.indexOf(least);
}

/** Whether the permission may be among the scopes of a key of this role. */
export function canBeScope(role: Role, permission: Permission): boolean {
  return policy[permission] === "key" || can(role, permission);
}

export const permissions = Object.keys(policy).toSorted() as [Permission, ...Permission[]];
