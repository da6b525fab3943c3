import { roles, type Role } from "@projostack/authz";

/** The role as the database keeps it, which a CHECK holds to the known ones. */
export function parseRole(stored: string): Role {
  const role = roles.find((known) => known === stored);
  if (!role) throw new Error(`The database holds an unknown role: ${stored}.`);
  return role;
}
