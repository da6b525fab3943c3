/** The roles of a workspace, least first. Each role may do all that the roles before it may. */
export const roles = ["viewer", "member", "admin"] as const;

export type Role = (typeof roles)[number];
