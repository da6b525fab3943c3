import { roles, type Role } from "@projostack/authz";

/** Parses the stored role. A CHECK constraint allows only known values. */
export function parseRole(stored: string): Role {
  const role = roles.find((known) => known === stored);
  if (!role) throw new Error(`The database holds an unknown role: ${stored}.`);
  return role;
}
