import type { Permission, Role } from "@projostack/sdk";
import { permissionsOfRoles } from "../generated/permissions-of-roles.ts";

/** Whether the pages offer what needs the permission. The server decides on each call. */
export const can = (role: Role, permission: Permission): boolean =>
  permissionsOfRoles[role].includes(permission);

/** The roles that a user may give to others: those with no permission that the user lacks. */
export const rolesUpTo = (role: Role): Role[] =>
  (["viewer", "member", "admin"] as const).filter((other) =>
    permissionsOfRoles[other].every((permission) => can(role, permission)),
  );

/** The scopes that a service key with this role may have. `token:introspect` belongs to keys only. */
export const scopesOf = (role: Role): Permission[] => [...permissionsOfRoles[role], "token:introspect"];
