// The cast at the end is necessary because Object.keys returns string[].
import { roles, type Role } from "./roles.ts";

/**
 * The policy: the lowest role that holds each permission. There are no other access rules for roles. No role holds a permission
 * marked `key`: only a service key does, if an admin gave it that scope.
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
  "workspace:export": "admin",
  "member:manage": "admin",
  "invite:manage": "admin",
  "key:manage": "admin",
  "audit:read": "admin",
  "token:introspect": "key",
} as const satisfies Record<string, Role | "key">;

export type Permission = keyof typeof policy;

/** What each permission allows. The reference and the SDK's docstrings show it. */
export const permissionDescriptions = {
  "workspace:read": "Read the name of the workspace.",
  "member:read": "List the members.",
  "project:read": "Read and list the projects.",
  "task:read": "Read and list the tasks.",
  "project:write": "Create and rename projects.",
  "task:write": "Create, change and delete tasks.",
  "project:delete": "Delete projects with their tasks.",
  "workspace:manage": "Rename the workspace, and import data into it.",
  "workspace:delete": "Delete the workspace, and restore it.",
  "workspace:export": "Export all data of the workspace, except the audit log.",
  "member:manage": "Change the roles of members, and remove members.",
  "invite:manage": "Send, list, resend and revoke invites.",
  "key:manage": "Create, list, rotate and revoke service keys.",
  "audit:read": "Read, check and export the audit log.",
  "token:introspect": "Ask which user an access token belongs to. Only a service key can have it.",
} as const satisfies Record<Permission, string>;

/** The permissions that only admins hold. */
export type AdminPermission = {
  [P in Permission]: (typeof policy)[P] extends "admin" ? P : never;
}[Permission];

/** Returns whether a member with this role holds the permission. */
export function can(role: Role, permission: Permission): boolean {
  const least: Role | "key" = policy[permission];
  return least !== "key" && roles.indexOf(role) >= roles.indexOf(least);
}

/** Returns whether a service key with this role may have the permission as a scope. */
export function canBeScope(role: Role, permission: Permission): boolean {
  return policy[permission] === "key" || can(role, permission);
}

export const permissions = Object.keys(policy).toSorted() as [Permission, ...Permission[]];
