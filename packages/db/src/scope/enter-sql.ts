// The statements by which a transaction enters its scope: they set the role and the workspace or user, and check the
// membership. Each connection prepares them once. They are sent in one message, often together with the work.
import { messageSettings } from "../pool/connection-settings.ts";
import type { PreparedStatement } from "../connection/one-trip.ts";
import { REPLICA_STATE_SQL, stateValues } from "./replica-state-sql.ts";
import { isReadOnly, type KeyActor, type PersonActor, type ReadScope, type Scope } from "./scope.ts";
import { bindWorkspace } from "./bind-workspace.ts";
import { claimText, type Claim } from "./claim.ts";
import { UUID } from "./uuid.ts";

/** What the statements depend on, besides the scope. */
export interface Connecting {
  /** True when the connections lack the server's settings, so that each transaction sets them. */
  readonly pooled?: boolean;
  /** True when the rows of workspaces are on the workers of Citus. */
  readonly distributed?: boolean;
}

/** The statements that begin a transaction with an explicit COMMIT. */
export function transactionSetup(scope: Scope, connecting: Connecting): PreparedStatement[] {
  const text = isReadOnly(scope) ? "BEGIN READ ONLY" : "BEGIN";
  return [statement(text), ...settings(connecting), ...entryOf(scope, connecting)];
}

/** The statements that enter the scope in a transaction of one message, which PostgreSQL commits at the end of the message. */
export function singleMessageSetup(scope: Scope, connecting: Connecting): PreparedStatement[] {
  const readOnly = isReadOnly(scope) ? [statement(READ_ONLY)] : [];
  return [...settings(connecting), ...readOnly, ...entryOf(scope, connecting)];
}

/** Whether the transactions of the scope need an explicit BEGIN: Citus sends a setting to the workers only in such a transaction. */
export const needsBegin = (scope: Scope, { distributed = false }: Connecting): boolean =>
  distributed && "workspaceId" in scope;

const READ_ONLY = "SELECT set_config('transaction_read_only', 'on', true)";

const settings = ({ pooled = false }: Connecting): PreparedStatement[] =>
  pooled ? [statement(`SELECT ${messageSettings.join(", ")}`)] : [];

function entryOf(scope: Scope, connecting: Connecting): PreparedStatement[] {
  const statements = enterScope(scope);
  if (!needsBegin(scope, connecting) || !("workspaceId" in scope)) return statements;
  // set_config changes nothing on the workers. The role needs no statement there: the coordinator connects to them as the role.
  const set = { name: "", text: `SET LOCAL app.workspace_id = '${scope.workspaceId}'`, values: [] };
  return [set, ...statements.map((one) => bindWorkspace(one, scope.workspaceId))];
}

function enterScope(scope: Scope): PreparedStatement[] {
  switch (scope.kind) {
    case "system":
      return scope.userId === undefined
        ? [AS_SYSTEM, ...claimOf("account", scope.claim)]
        : [statement(AS_PERSON, [requireUuid(scope.userId)])];
    case "operator":
      return [AS_OPERATOR];
    case "read":
      return scope.position ? [enterOnReplica(scope, scope.position)] : enterWorkspace(scope.workspaceId);
    case "founding":
    case "purging":
      return enterWorkspace(scope.workspaceId, scope.claim);
    case "answering":
      return [...enterWorkspace(scope.workspaceId, scope.claim), LOCK_WORKSPACE];
    case "write": {
      const lock = scope.lockMembers ? [LOCK_WORKSPACE] : [];
      return [...enterWorkspace(scope.workspaceId, scope.claim), ...lock, enterAs(scope.actor)];
    }
  }
}

/** The claim is the first lock of the transaction: a call that waits for another one with its key holds no other lock. */
function enterWorkspace(workspaceId: string, claim?: Claim): PreparedStatement[] {
  const enter = statement(AS_TENANT, [requireUuid(workspaceId)]);
  if (claim?.of === "account") return [AS_SYSTEM, ...claimOf("account", claim), enter];
  return [enter, ...claimOf("workspace", claim)];
}

/**
 * Enters the workspace on a replica only if the replica has reached the position. Otherwise row-level security returns no rows.
 * The statement returns the workspace that it entered, and the state of the replica.
 */
const enterOnReplica = ({ workspaceId }: ReadScope, position: NonNullable<ReadScope["position"]>) =>
  statement(AS_TENANT_ON_REPLICA, [...stateValues(position), requireUuid(workspaceId)]);

const claimOf = (of: Claim["of"], claim?: Claim): PreparedStatement[] =>
  claim ? [statement(claimText[of], [requireUuid(claim.id), claim.fingerprint])] : [];

const AS_TENANT = "SELECT set_config('app.workspace_id', $1, true), set_config('role', 'projo_tenant', true)";
// OFFSET 0 makes PostgreSQL compute the state once: two computations could differ.
const AS_TENANT_ON_REPLICA = `
  SELECT set_config('app.workspace_id', CASE state WHEN 'current' THEN $5 ELSE '' END, true) AS entered,
         set_config('role', 'projo_tenant', true), state
    FROM (SELECT ${REPLICA_STATE_SQL} AS state OFFSET 0) AS replica`;
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

export const COMMIT = statement("COMMIT");
const AS_SYSTEM = statement("SELECT set_config('role', 'projo_system', true)");
const AS_OPERATOR = statement("SELECT set_config('role', 'projo_operator', true)");

// The workspace row is locked before the membership row: two transactions that locked their memberships first would
// deadlock here. FOR NO KEY UPDATE, unlike FOR UPDATE, lets other transactions insert rows that reference the workspace.
const LOCK_WORKSPACE = statement("SELECT FROM workspaces FOR NO KEY UPDATE");
