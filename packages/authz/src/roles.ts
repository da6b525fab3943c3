/** The roles of a workspace, least first. Each role may do all that the roles before it may. */
export const roles = ["viewer", "member", "admin"] as const;

export type Role = (typeof roles)[number];

/** Below 0 when the first may do less than the second, 0 when they are the same. */
export const compareRoles = (one: Role, other: Role): number => roles.indexOf(one) - roles.indexOf(other);
