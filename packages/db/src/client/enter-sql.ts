import {
  type HouseScope,
  isReadOnly,
  type KeyActor,
  type PersonActor,
  type ReadScope,
  type Scope,
  type SystemScope,
} from "./scope.ts";
import type { Prepared } from "./one-trip.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

// The statements are sent as one simple-protocol message, which takes no parameters: nothing but a canonical UUID
// and words of the policy is ever put into the text.
const quoted = (uuid: string): string => `'${checked(uuid)}'`;

function checked(uuid: string): string {
  if (!UUID.test(uuid)) throw new TypeError("A scope's ids are UUIDs in lower case.");
  return uuid;
}

/**
 * The one message that begins a transaction and enters a scope: role, workspace or person, and membership.
 * @param settings statements of the transaction's own, where the connection has not been told at its start
 */
export function enterSql(scope: Scope, settings: readonly string[] = []): string {
  const begin = isReadOnly(scope) ? "BEGIN READ ONLY" : "BEGIN";
  return [begin, ...settings, ...entering(scope)].join("; ");
}

/** A scope that nobody's membership has to be held for. */
export type LoneScope = SystemScope | ReadScope | (HouseScope & { readonly kind: "founding" });

/**
 * The same as a statement that is prepared once, for work that goes with it in one message.
 * @param settings expressions of the transaction's own, as above
 */
export function enterStep(scope: LoneScope, settings: readonly string[] = []): Prepared {
  const [name, values, entries] = stepOf(scope);
  const readOnly = isReadOnly(scope) ? [READ_ONLY] : [];
  return {
    name: `projo_enter_${name}`,
    text: `SELECT ${[...settings, ...readOnly, ...entries].join(", ")}`,
    values,
  };
}

const READ_ONLY = "set_config('transaction_read_only', 'on', true)";
const TAKE_ROLE = {
  system: "set_config('role', 'projo_system', true)",
  tenant: "set_config('role', 'projo_tenant', true)",
} as const;

function stepOf(scope: LoneScope): [name: string, values: string[], entries: string[]] {
  if (scope.kind !== "system") {
    return [scope.kind, [checked(scope.workspaceId)], ["set_config('app.workspace_id', $1, true)", TAKE_ROLE.tenant]];
  }
  return scope.userId === undefined
    ? ["system", [], [TAKE_ROLE.system]]
    : ["person", [checked(scope.userId)], ["set_config('app.user_id', $1, true)", TAKE_ROLE.system]];
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
