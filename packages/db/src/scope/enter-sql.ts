// The statements by which a transaction enters its scope: they set the role and the workspace or user, and check the
// membership. Each connection prepares them once. They are sent in one message, often together with the work.
import { messageSettings } from "../pool/connection-settings.ts";
import type { PreparedStatement } from "../connection/one-trip.ts";
import { isReadOnly, type KeyActor, type PersonActor, type Scope } from "./scope.ts";
import { UUID } from "./uuid.ts";

/**
 * The statements that begin a transaction with an explicit COMMIT.
 * @param hasSettings true when the connection got the server's settings at its start; otherwise the transaction sets them
 */
export function transactionSetup(scope: Scope, hasSettings: boolean): PreparedStatement[] {
  const text = isReadOnly(scope) ? "BEGIN READ ONLY" : "BEGIN";
  return [{ name: nameOf(text), text, values: [] }, ...settings(hasSettings), ...enterScope(scope)];
}

/** The statements that enter the scope in a transaction of one message, which PostgreSQL commits at the end of the message. */
export function singleMessageSetup(scope: Scope, hasSettings: boolean): PreparedStatement[] {
  const readOnly = isReadOnly(scope) ? [statement(READ_ONLY)] : [];
  return [...settings(hasSettings), ...readOnly, ...enterScope(scope)];
}

const READ_ONLY = "SELECT set_config('transaction_read_only', 'on', true)";

const settings = (hasSettings: boolean): PreparedStatement[] =>
  hasSettings ? [] : [statement(`SELECT ${messageSettings.join(", ")}`)];

function enterScope(scope: Scope): PreparedStatement[] {
  switch (scope.kind) {
    case "system":
      return [scope.userId === undefined ? AS_SYSTEM : statement(AS_PERSON, [requireUuid(scope.userId)])];
    case "operator":
      return [AS_OPERATOR];
    case "read":
    case "founding":
    case "purging":
      return enterWorkspace(scope.workspaceId);
    case "joining":
      return [...enterWorkspace(scope.workspaceId), LOCK_WORKSPACE];
    case "write": {
      const lock = scope.lockMembers ? [LOCK_WORKSPACE] : [];
      return [...enterWorkspace(scope.workspaceId), ...lock, enterAs(scope.actor)];
    }
  }
}

const enterWorkspace = (workspaceId: string): PreparedStatement[] => [
  statement(AS_TENANT, [requireUuid(workspaceId)]),
];

const AS_TENANT = "SELECT set_config('app.workspace_id', $1, true), set_config('role', 'projo_tenant', true)";
const AS_PERSON = "SELECT set_config('app.user_id', $1, true), set_config('role', 'projo_system', true)";

const enterAs = (actor: PersonActor | KeyActor): PreparedStatement =>
  "keyId" in actor
    ? statement("SELECT projo_enter_by_key($1, $2, $3)", [
        requireUuid(actor.keyId),
        actor.permission,
        actor.roles,
      ])
    : statement("SELECT projo_enter($1, $2, $3)", [requireUuid(actor.userId), actor.roles, actor.deleted]);

function requireUuid(id: string): string {
  if (!UUID.test(id)) throw new TypeError("An id of a scope must be a UUID in lower case.");
  return id;
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = `projo_enter_${names.size}`));
  return name;
}

function statement(text: string, values: readonly unknown[] = []): PreparedStatement {
  return { name: nameOf(text), text, values };
}

const AS_SYSTEM = statement("SELECT set_config('role', 'projo_system', true)");
const AS_OPERATOR = statement("SELECT set_config('role', 'projo_operator', true)");

// The workspace row is locked before the membership row: two transactions that locked their memberships first would
// deadlock here. FOR NO KEY UPDATE, unlike FOR UPDATE, lets other transactions insert rows that reference the workspace.
const LOCK_WORKSPACE = statement("SELECT FROM workspaces FOR NO KEY UPDATE");
