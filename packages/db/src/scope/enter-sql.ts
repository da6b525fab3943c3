// How a transaction enters its scope: role, workspace or person, and membership, as statements that each connection prepares
// once. They are sent in one message with each other, and often with the work.
import { messageSettings } from "../pool/connection-settings.ts";
import type { PreparedStatement } from "../connection/one-trip.ts";
import { isReadOnly, type KeyActor, type PersonActor, type Scope } from "./scope.ts";

/**
 * Begins a transaction that lasts until its COMMIT.
 * @param hasSettings true where the connection was told the server's settings at its start; else each transaction is
 */
export function transactionSetup(scope: Scope, hasSettings: boolean): PreparedStatement[] {
  const text = isReadOnly(scope) ? "BEGIN READ ONLY" : "BEGIN";
  return [{ name: named(text), text, values: [] }, ...settings(hasSettings), ...entering(scope)];
}

/** The same for a transaction that is one message, and ends with it. */
export function singleMessageSetup(scope: Scope, hasSettings: boolean): PreparedStatement[] {
  const readOnly = isReadOnly(scope) ? [statement(READ_ONLY)] : [];
  return [...settings(hasSettings), ...readOnly, ...entering(scope)];
}

const READ_ONLY = "SELECT set_config('transaction_read_only', 'on', true)";

const settings = (hasSettings: boolean): PreparedStatement[] =>
  hasSettings ? [] : [statement(`SELECT ${messageSettings.join(", ")}`)];

function entering(scope: Scope): PreparedStatement[] {
  switch (scope.kind) {
    case "system":
      return [scope.userId === undefined ? AS_SYSTEM : statement(AS_PERSON, [checked(scope.userId)])];
    case "operator":
      return [AS_OPERATOR];
    case "read":
    case "founding":
    case "purging":
      return enterWorkspace(scope.workspaceId);
    case "joining":
      return [...enterWorkspace(scope.workspaceId), LOCK_WORKSPACE];
    case "write": {
      const turn = scope.lockMembers ? [LOCK_WORKSPACE] : [];
      return [...enterWorkspace(scope.workspaceId), ...turn, enterAs(scope.actor)];
    }
  }
}

const enterWorkspace = (workspaceId: string): PreparedStatement[] => [
  statement(AS_TENANT, [checked(workspaceId)]),
];

const AS_TENANT = "SELECT set_config('app.workspace_id', $1, true), set_config('role', 'projo_tenant', true)";
const AS_PERSON = "SELECT set_config('app.user_id', $1, true), set_config('role', 'projo_system', true)";

const enterAs = (actor: PersonActor | KeyActor): PreparedStatement =>
  "keyId" in actor
    ? statement("SELECT projo_enter_by_key($1, $2, $3)", [
        checked(actor.keyId),
        actor.permission,
        actor.roles,
      ])
    : statement("SELECT projo_enter($1, $2, $3)", [checked(actor.userId), actor.roles, actor.deleted]);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function checked(uuid: string): string {
  if (!UUID.test(uuid)) throw new TypeError("A scope's ids are UUIDs in lower case.");
  return uuid;
}

const names = new Map<string, string>();

function named(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = `projo_enter_${names.size}`));
  return name;
}

function statement(text: string, values: readonly unknown[] = []): PreparedStatement {
  return { name: named(text), text, values };
}

const AS_SYSTEM = statement("SELECT set_config('role', 'projo_system', true)");
const AS_OPERATOR = statement("SELECT set_config('role', 'projo_operator', true)");

// Before the membership is held: two who held theirs and waited here for each other would wait for ever. Rows that
// point to the workspace can still be written meanwhile, which FOR UPDATE would forbid.
const LOCK_WORKSPACE = statement("SELECT FROM workspaces FOR NO KEY UPDATE");
