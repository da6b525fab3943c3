import { can, policy, roles, type Permission } from "@projostack/authz";

/** The matrix of roles and permissions, as a page of the reference. */
export function generateRoles(): Record<string, string> {
  const permissions = Object.keys(policy).filter((key): key is Permission => key in policy);
  const rows = permissions.map(
    (permission) =>
      `| \`${permission}\` | ${roles.map((role) => (can(role, permission) ? "yes" : "no")).join(" | ")} |`,
  );
  return {
    "docs/reference/roles.md": `# Roles

What each role may do in its workspace. The table is the policy of \`packages/authz/src/policy.ts\`; the server
reads the same one.

| permission | ${roles.join(" | ")} |
| --- |${" --- |".repeat(roles.length)}
${rows.join("\n")}
`,
  };
}
