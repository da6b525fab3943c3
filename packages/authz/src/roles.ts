/** The roles of a workspace, lowest first. Each role has all permissions of the roles before it. */
export const roles = ["viewer", "member", "admin"] as const;

export type Role = (typeof roles)[number];

/** Compares two roles for sorting. Negative if the first role is lower, 0 if both are the same. */
export const compareRoles = (one: Role, other: Role): number => roles.indexOf(one) - roles.indexOf(other);
