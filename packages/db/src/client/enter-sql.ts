import type { Scope } from "./scope.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

// The statements are sent as one simple-protocol message, which takes no parameters: nothing but a canonical
// UUID is ever put into the text.
const quoted = (uuid: string): string => {
  if (!UUID.test(uuid)) throw new TypeError("A scope's ids are UUIDs in lower case.");
  return `'${uuid}'`;
};

/** The one message that begins a transaction and enters a scope: role, workspace or person, and membership. */
export function enterSql(scope: Scope): string {
  switch (scope.kind) {
    case "system":
      return scope.userId === undefined
        ? "BEGIN; SET LOCAL ROLE projo_system"
        : `BEGIN READ ONLY; SET LOCAL app.user_id = ${quoted(scope.userId)}; SET LOCAL ROLE projo_system`;
    case "read":
      return `BEGIN READ ONLY; ${enterWorkspace(scope.workspaceId)}`;
    case "founding":
      return `BEGIN; ${enterWorkspace(scope.workspaceId)}`;
    case "write": {
      const roles = scope.roles.map((role) => `'${role}'`).join(", ");
      return `BEGIN; ${enterWorkspace(scope.workspaceId)}; SELECT projo_enter(${quoted(scope.userId)}, ARRAY[${roles}])`;
    }
  }
}

const enterWorkspace = (workspaceId: string): string =>
  `SET LOCAL app.workspace_id = ${quoted(workspaceId)}; SET LOCAL ROLE projo_tenant`;
