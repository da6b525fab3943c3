import { can, canBeScope, policy, roles, type Permission, type Role } from "@projostack/authz";

/** Generates the reference page with the matrix of roles and permissions. */
export function generateRoles(): Record<string, string> {
  const permissions = Object.keys(policy).filter((key): key is Permission => key in policy);
  const rows = permissions.map(
    (permission) => `| \`${permission}\` | ${roles.map((role) => mark(role, permission)).join(" | ")} |`,
  );
  return {
    "docs/reference/roles.md": `# Roles

The permissions of each role in its workspace. The server enforces the same table, \`packages/authz/src/policy.ts\`. No
role has a permission marked \`key\`. Only a service key can have it, as one of its scopes.

| permission | ${roles.join(" | ")} |
| --- |${" --- |".repeat(roles.length)}
${rows.join("\n")}
`,
  };
}

function mark(role: Role, permission: Permission): string {
  if (can(role, permission)) return "yes";
  return canBeScope(role, permission) ? "key" : "no";
}
