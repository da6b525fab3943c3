import { can, canBeScope, policy, roles, type Permission, type Role } from "@projostack/authz";

/** The matrix of roles and permissions as a page of the reference, and the lists for the CLI and for the web application. */
export function generateRoles(): Record<string, string> {
  const permissions = Object.keys(policy).filter((key): key is Permission => key in policy);
  const rows = permissions.map(
    (permission) => `| \`${permission}\` | ${roles.map((role) => mark(role, permission)).join(" | ")} |`,
  );
  return {
    // The CLI is built on the SDK alone, which exports the type and not the values.
    "apps/cli/src/generated/permissions.ts": `import type { Permission, Role } from "@projostack/sdk";

/** Every permission. A service key's scopes are permissions. */
export const permissions: readonly Permission[] = ${JSON.stringify(permissions.toSorted())};

/** The least role with each permission. A permission that is absent belongs to service keys alone. */
export const leastRoles: Readonly<Partial<Record<Permission, Role>>> = ${JSON.stringify(
      Object.fromEntries(
        permissions.toSorted().flatMap((permission) => {
          const least = roles.find((role) => can(role, permission));
          return least === undefined ? [] : [[permission, least]];
        }),
      ),
    )};
`,
    // The web application offers what the role allows. The server decides.
    "apps/web/src/generated/permissions-of-roles.ts": `import type { Permission, Role } from "@projostack/sdk";

/** The permissions of each role, from the policy that the server enforces. */
export const permissionsOfRoles: Readonly<Record<Role, readonly Permission[]>> = ${JSON.stringify(
      Object.fromEntries(
        roles.map((role) => [role, permissions.filter((permission) => can(role, permission)).toSorted()]),
      ),
    )};
`,
    "docs/reference/roles.md": `# Roles

This table shows the permissions of each role in its workspace. It is generated from \`packages/authz/src/policy.ts\`, the
policy that the server enforces. No role has a permission marked \`key\`. Only a service key can have it, as one of its
scopes.

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
