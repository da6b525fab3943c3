import { isReadOnly, type KeyActor, type PersonActor, type Scope } from "./scope.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

// The statements are sent as one simple-protocol message, which takes no parameters: nothing but a canonical UUID
// and words of the policy is ever put into the text.
const quoted = (uuid: string): string => {
  if (!UUID.test(uuid)) throw new TypeError("A scope's ids are UUIDs in lower case.");
  return `'${uuid}'`;
};

/**
 * The one message that begins a transaction and enters a scope: role, workspace or person, and membership.
 * @param settings statements of the transaction's own, where the connection has not been told at its start
 */
export function enterSql(scope: Scope, settings: readonly string[] = []): string {
  const begin = isReadOnly(scope) ? "BEGIN READ ONLY" : "BEGIN";
  return [begin, ...settings, ...entering(scope)].join("; ");
}

function entering(scope: Scope): string[] {
  switch (scope.kind) {
    case "system":
      return scope.userId === undefined
        ? ["SET LOCAL ROLE projo_system"]
        : [`SET LOCAL app.user_id = ${quoted(scope.userId)}`, "SET LOCAL ROLE projo_system"];
    case "read":
    case "founding":
    case "purging":
      return enterWorkspace(scope.workspaceId);
    case "joining":
      return [...enterWorkspace(scope.workspaceId), TAKE_TURN];
    case "write": {
      const turn = scope.inTurn ? [TAKE_TURN] : [];
      return [...enterWorkspace(scope.workspaceId), ...turn, enterAs(scope.actor)];
    }
  }
}

const enterWorkspace = (workspaceId: string): string[] => [
  `SET LOCAL app.workspace_id = ${quoted(workspaceId)}`,
  "SET LOCAL ROLE projo_tenant",
];

// Before the membership is held: two who held theirs and waited here for each other would wait for ever. Rows that
// point to the workspace can still be written meanwhile, which FOR UPDATE would forbid.
const TAKE_TURN = "SELECT FROM workspaces FOR NO KEY UPDATE";

const enterAs = (actor: PersonActor | KeyActor): string => {
  const roles = `ARRAY[${actor.roles.map((role) => `'${role}'`).join(", ")}]`;
  return "keyId" in actor
    ? `SELECT projo_enter_by_key(${quoted(actor.keyId)}, '${actor.permission}', ${roles})`
    : `SELECT projo_enter(${quoted(actor.userId)}, ${roles}, ${actor.deleted})`;
};
