import { can, canBeScope, policy, roles, type Permission, type Role } from "@projostack/authz";

/** The matrix of roles and permissions, as a page of the reference. */
export function generateRoles(): Record<string, string> {
  const permissions = Object.keys(policy).filter((key): key is Permission => key in policy);
  const rows = permissions.map(
    (permission) => `| \`${permission}\` | ${roles.map((role) => mark(role, permission)).join(" | ")} |`,
  );
  return {
    "docs/reference/roles.md": `# Roles

What each role may do in its workspace. The table is the policy of \`packages/authz/src/policy.ts\`; the server
reads the same one. What is marked \`key\` no role holds: only a service key does, by its scopes.

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
