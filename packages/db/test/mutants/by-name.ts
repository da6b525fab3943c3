/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their mutants */
// The mutants of single checks in the schema: functions, rights to columns, unique indexes.
import { inWorkspace, lessOf, outside, type SchemaAttack, type SchemaMutant } from "./schema-mutant.ts";
import type { Workspaces } from "./from-catalogue.ts";

export function byName({ home, foreign }: Workspaces): SchemaMutant[] {
  const enter = inWorkspace(home.id);
  const ask = (says: string, sql: string, arrange = ""): SchemaAttack => ({
    says,
    sql,
    arrange,
    enter: outside,
  });
  const here = (says: string, sql: string, arrange = ""): SchemaAttack => ({ says, sql, arrange, enter });

  // Entering a workspace to write ------------------------------------------------------------------------------
  const enterAs = (user: string, roles: string) => `SELECT projo_enter('${user}', ARRAY[${roles}], false)`;
  const foreignWrites = here(
    "a user who is not a member enters to write",
    enterAs(foreign.userId, "'admin'"),
  );
  const lowRoleWrites = here(
    "a member enters to write without a sufficient role",
    enterAs(home.userId, "'viewer'"),
  );
  const lockedWrites = here(
    "a member enters to write in a deleted workspace",
    enterAs(home.userId, "'admin'"),
    "UPDATE workspace_members SET locked_at = now()",
  );
  const keyIn = (says: string, change: string, [permission, role] = ["task:read", "viewer"]) =>
    here(
      says,
      `SELECT projo_enter_by_key('${home.keyId}', '${permission}', ARRAY['${role}'])`,
      change === "" ? "" : `UPDATE service_keys SET ${change}`,
    );
  const withoutKeyCheck = (guard: string, works: SchemaAttack, says: string): SchemaMutant => ({
    says: `projo_enter_by_key: ${says}`,
    sql: lessOf("projo_enter_by_key", guard),
    works: [works],
  });

  // Finding the session of a request -----------------------------------------------------------------------------
  const session = `INSERT INTO sessions (id, user_id, salt, expires_at, absolute_expires_at)
    VALUES ('${home.id}', '${home.userId}', sha256('salt'), now() + interval '1 day', now() + interval '1 day')`;
  const membershipIn = (workspaceId: string) =>
    `SELECT FROM projo_session('${home.id}', '${workspaceId}') WHERE workspace_id IS NOT NULL`;
  const lockedMembership = ask(
    "a session has a membership in a deleted workspace",
    membershipIn(home.id),
    `${session}; UPDATE workspace_members SET locked_at = now()`,
  );
  const foreignMembership = ask(
    "a session has a membership of another user",
    membershipIn(foreign.id),
    session,
  );
  // Prefetching, by a login that can become either role, as the server's login can.
  const prefetch = (
    says: string,
    sql: string,
    [workspaceId, roles, tokenEnds = 4_000_000_000]: [string, string, number?],
    arrange = "",
  ): SchemaAttack => ({
    says,
    sql: `SELECT FROM projo_session_prefetching('${home.id}', '${workspaceId}', '${roles}', ${tokenEnds}); ${sql}`,
    arrange: `${session}; ${arrange}`,
    enter: "",
  });
  const reading = "SELECT FROM tasks";
  const lowRolePrefetches = prefetch("an admin's session prefetches a query for viewers only", reading, [
    home.id,
    "viewer",
  ]);
  const foreignPrefetches = prefetch(
    "a session prefetches in a workspace of which its user is not a member",
    reading,
    [foreign.id, "viewer,member,admin"],
  );
  const lockedPrefetches = prefetch(
    "a session prefetches in a deleted workspace",
    reading,
    [home.id, "admin"],
    "UPDATE workspace_members SET locked_at = now()",
  );
  const endedPrefetches = prefetch(
    "an expired session prefetches in its workspace",
    reading,
    [home.id, "admin"],
    "UPDATE sessions SET expires_at = now() - interval '1 second'",
  );
  const latePrefetches = prefetch("an expired access token prefetches in its workspace", reading, [
    home.id,
    "admin",
    1,
  ]);
  const prefetchWrites = prefetch("a prefetched query changes a task", "UPDATE tasks SET title = 'Mine'", [
    home.id,
    "admin",
  ]);
  const prefetchReadsSessions = prefetch(
    "a prefetched query reads users' sessions",
    "SELECT salt FROM sessions",
    [home.id, "admin"],
  );
  const entering = (guard: string, without?: string) => lessOf("projo_session_prefetching", guard, without);
  const heldRole = entering("role = ANY (string_to_array(the_roles, ','))", "workspace_id IS NOT NULL");
  const notLocked = entering("AND m.locked_at IS NULL");
  const prefetchOwnMembership = entering("m.user_id = projo_session_prefetching.user_id\n       AND ");
  const ownMembership = lessOf("projo_session", "m.user_id = projo_session.user_id\n     AND ");
  const personPolicy = "ALTER POLICY person ON workspace_members USING (true)";
  const findKey = (says: string, change: string, where = "true") =>
    ask(
      says,
      `SELECT FROM projo_service_key('${home.keyId}') WHERE ${where}`,
      `UPDATE service_keys SET ${change}`,
    );
  const keyFound = (
    guard: string,
    works: SchemaAttack,
    [says, without]: [string, string?],
  ): SchemaMutant => ({
    says: `projo_service_key: ${says}`,
    sql: lessOf("projo_service_key", guard, without),
    works: [works],
  });

  // Finding invites outside a workspace --------------------------------------------------------------------------
  const known = "UPDATE invites SET token_hash = sha256('token')";
  const open = (says: string, change: string) =>
    ask(
      says,
      "SELECT FROM projo_invite(sha256('token'))",
      `${known} WHERE id = '${home.inviteId}'; ${change.replaceAll("$id", `'${home.inviteId}'`)}`,
    );
  const deleteHome = `UPDATE workspaces SET deleted_at = now() WHERE id = '${home.id}'`;
  const inviteFound = (guard: string, works: SchemaAttack, says: string): SchemaMutant => ({
    says: `projo_invite: ${says}`,
    sql: lessOf("projo_invite", guard),
    works: [works],
  });
  const guest = (verified: string) =>
    `INSERT INTO users (id, email, password_hash, email_verified_at) VALUES ('${home.taskId}', 'guest@example.com', '-', ${verified})`;
  const mine = (says: string, arrange: string) =>
    ask(says, `SELECT FROM projo_person_invites('${home.taskId}', NULL, 10)`, arrange);

  // Rights ----------------------------------------------------------------------------------------------------
  const forges = here(
    "a workspace inserts into its log directly",
    "INSERT INTO audit_logs SELECT (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(), 'seq', 99))).* FROM audit_logs AS l",
  );
  const rewrites = here("a workspace changes its log", "UPDATE audit_logs SET action = 'forged'");
  const erases = here("a workspace deletes from its log", "DELETE FROM audit_logs");
  const readsTasks = ask("projo_system reads tasks outside any workspace", "SELECT FROM tasks");
  const hashes = here("a workspace reads its members' password hashes", "SELECT password_hash FROM users");
  const raises = ask(
    "projo_system changes the role of a service key",
    `UPDATE service_keys SET role = 'admin'`,
  );
  const named = { ...raises, enter: `${outside}; SET LOCAL app.service_key_ids = '${home.keyId}'` };
  const foreignEntry: SchemaAttack = here(
    "an entry is appended to the log of the workspace that it names",
    `SELECT projo_audit_append(jsonb_build_array(jsonb_build_object('id', gen_random_uuid(), 'workspaceId', '${foreign.id}',
       'actorKind', 'system', 'action', 'forged', 'targetType', 'task', 'targetId', '-', 'outcome', 'ok')));
     RESET ROLE; SELECT FROM audit_logs WHERE workspace_id = '${foreign.id}' AND action = 'forged'`,
  );
  const entryWithoutWorkspace = here(
    "an entry is appended without a workspace",
    `SELECT projo_audit_append('[]')`,
  );
  const second = here(
    "an address has two pending invites",
    `INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
     VALUES (gen_random_uuid(), '${home.id}', 'guest@example.com', 'viewer', sha256('1'), sha256('2'), '${home.userId}', now() + interval '1 day')`,
  );
  const doubled = here(
    "a user is a member twice",
    `INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES (gen_random_uuid(), '${home.id}', '${home.userId}', 'admin')`,
  );
  // Operations of an operator by the server's login, which is the session's user under every role.
  const asServerLogin = "SET LOCAL SESSION AUTHORIZATION projo_server";
  const erasesPerson: SchemaAttack = {
    says: "the server's login erases a user",
    enter: `${asServerLogin}; ${outside}`,
    sql: `SELECT projo_erase_person('${foreign.userId}')`,
  };
  const recordsAct = (says: string, action: string): SchemaAttack => ({
    says,
    enter: `${asServerLogin}; ${enter}`,
    sql: `SELECT projo_audit_append(jsonb_build_array(jsonb_build_object('id', gen_random_uuid(), 'actorKind', 'system',
       'action', '${action}', 'targetType', 'user', 'targetId', '-', 'outcome', 'ok')))`,
  });
  const recordsErasure = recordsAct("the server's login records an erasure", "person.erased");
  const recordsRemoval = recordsAct("the server's login records a removal by the operator", "member.removed");
  const toTenant = (right: string) => `GRANT ${right} ON audit_logs TO projo_tenant`;
  const off = (trigger: string) => `ALTER TABLE audit_logs DISABLE TRIGGER ${trigger}`;

  return [
    {
      says: "projo_enter: the error for a user who is not a member",
      sql: lessOf(
        "projo_enter",
        "RAISE EXCEPTION 'not a member of this workspace' USING ERRCODE = 'PJ404';",
        "NULL;",
      ),
      works: [foreignWrites, lockedWrites],
      refused: [lowRoleWrites],
    },
    {
      says: "projo_enter: the membership is the caller's",
      sql: lessOf("projo_enter", "AND m.user_id = a_user"),
      works: [foreignWrites],
      refused: [lowRoleWrites, lockedWrites],
    },
    {
      says: "projo_enter: the role is sufficient",
      sql: lessOf("projo_enter", "IF NOT held = ANY (a_roles)", "IF false"),
      works: [lowRoleWrites],
      refused: [foreignWrites, lockedWrites],
    },
    {
      says: "projo_enter: the membership is not locked",
      sql: lessOf("projo_enter", "AND (m.locked_at IS NOT NULL) = a_locked"),
      works: [lockedWrites],
      refused: [foreignWrites, lowRoleWrites],
    },
    withoutKeyCheck(
      "AND k.revoked_at IS NULL ",
      keyIn("a revoked key enters to write", "revoked_at = now()"),
      "the key is not revoked",
    ),
    withoutKeyCheck(
      "AND k.locked_at IS NULL ",
      keyIn("a key enters to write in a deleted workspace", "locked_at = now()"),
      "the key is not locked",
    ),
    withoutKeyCheck(
      " AND k.expires_at > clock_timestamp()",
      keyIn("an expired key enters to write", "expires_at = now() - interval '1 day'"),
      "the key has not expired",
    ),
    withoutKeyCheck(
      "held.role = ANY (a_roles) AND ",
      keyIn("a key enters to write without a sufficient role", "", ["task:read", "admin"]),
      "the key's role is sufficient",
    ),
    withoutKeyCheck(
      " AND a_permission = ANY (held.scopes)",
      keyIn("a key enters to write without the scope", "", ["task:write", "viewer"]),
      "the key has the scope",
    ),
    {
      says: "projo_session: the membership is not locked",
      sql: lessOf("projo_session", "AND m.locked_at IS NULL"),
      works: [lockedMembership],
      refused: [foreignMembership],
    },
    {
      says: "projo_session: the membership is the caller's",
      sql: ownMembership,
      works: [],
      refused: [foreignMembership],
    },
    {
      says: "the policy person, behind projo_session",
      sql: personPolicy,
      works: [],
      refused: [foreignMembership],
    },
    {
      says: "projo_session: the membership is the caller's AND the policy person",
      sql: `${ownMembership}; ${personPolicy}`,
      works: [foreignMembership],
    },
    {
      says: "projo_session_prefetching: the role is one of the query's roles",
      sql: heldRole,
      works: [lowRolePrefetches],
      refused: [foreignPrefetches, lockedPrefetches],
    },
    {
      says: "projo_session_prefetching: the membership is not locked",
      sql: notLocked,
      works: [lockedPrefetches],
      refused: [foreignPrefetches, lowRolePrefetches],
    },
    {
      says: "projo_session_prefetching: the session has not expired",
      sql: entering("\n     AND expires_at > database_now"),
      works: [endedPrefetches],
      refused: [latePrefetches, foreignPrefetches],
    },
    {
      says: "projo_session_prefetching: the token has not expired",
      sql: entering("\n     AND the_token_ends > extract(epoch FROM database_now)"),
      works: [latePrefetches],
      refused: [endedPrefetches, foreignPrefetches],
    },
    {
      says: "projo_session_prefetching: the membership is the caller's",
      sql: prefetchOwnMembership,
      works: [],
      refused: [foreignPrefetches],
    },
    {
      says: "the policy person, behind projo_session_prefetching",
      sql: personPolicy,
      works: [],
      refused: [foreignPrefetches],
    },
    {
      says: "projo_session_prefetching: the membership is the caller's AND the policy person",
      sql: `${prefetchOwnMembership}; ${personPolicy}`,
      works: [foreignPrefetches],
      refused: [lockedPrefetches],
    },
    {
      says: "projo_session_prefetching: the transaction is read-only",
      sql: entering("ignored := set_config('transaction_read_only', 'on', true);"),
      works: [prefetchWrites],
      refused: [prefetchReadsSessions],
    },
    {
      says: "projo_session_prefetching: the query runs as projo_tenant",
      sql: entering("ignored := set_config('role', 'projo_tenant', true);"),
      works: [prefetchReadsSessions],
      refused: [prefetchWrites],
    },
    keyFound("AND k.revoked_at IS NULL ", findKey("a revoked key is found", "revoked_at = now()"), [
      "the key is not revoked",
    ]),
    keyFound(
      "AND k.locked_at IS NULL ",
      findKey("a key of a deleted workspace is found", "locked_at = now()"),
      ["the key is not locked"],
    ),
    keyFound(
      " AND k.expires_at > clock_timestamp()",
      findKey("an expired key is found", "expires_at = now() - interval '1 day'"),
      ["the key has not expired"],
    ),
    keyFound(
      "CASE WHEN k.previous_expires_at > clock_timestamp() THEN k.previous_mac END",
      findKey(
        "the secret before a rotation is found after its expiry",
        "previous_kid = 1, previous_mac = sha256('x'), previous_expires_at = now() - interval '1 day'",
        "previous_mac IS NOT NULL",
      ),
      ["the previous secret has not expired", "k.previous_mac"],
    ),
    keyFound(
      "CASE WHEN k.secret_expires_at <= asked THEN NULL ELSE k.secret_mac END",
      findKey(
        "the newest secret is found after its expiry",
        "secret_expires_at = now() - interval '1 day'",
        "secret_mac IS NOT NULL",
      ),
      ["the newest secret has not expired", "k.secret_mac"],
    ),
    keyFound(
      "AS e(mac, expires_at, nth)\n                  WHERE e.expires_at > asked",
      findKey(
        "a secret before the previous one is found after its expiry",
        "earlier_kids = '{1}', earlier_macs = ARRAY[sha256('x')], earlier_expire_at = ARRAY[now() - interval '1 day']",
        "cardinality(earlier_macs) > 0",
      ),
      ["an earlier secret has not expired", "AS e(mac, expires_at, nth)"],
    ),
    {
      says: "projo_keep_earlier_secrets: a rotation without an overlap ends all earlier secrets",
      sql: lessOf("projo_keep_earlier_secrets", "IF NEW.previous_mac IS NULL THEN", "IF false THEN"),
      works: [
        findKey(
          "an earlier secret is found after a rotation without an overlap",
          `earlier_kids = '{1}', earlier_macs = ARRAY[sha256('x')], earlier_expire_at = ARRAY[now() + interval '1 day'];
           UPDATE service_keys SET secret_mac = sha256('y'), previous_mac = NULL`,
          "cardinality(earlier_macs) > 0",
        ),
      ],
    },
    inviteFound(
      "AND i.used_at IS NULL ",
      open("a used invite is found", "UPDATE invites SET used_at = now() WHERE id = $id"),
      "the invite is not used",
    ),
    inviteFound(
      "AND i.revoked_at IS NULL ",
      open("a revoked invite is found", "UPDATE invites SET revoked_at = now() WHERE id = $id"),
      "the invite is not revoked",
    ),
    inviteFound(
      " AND i.expires_at > clock_timestamp()",
      open(
        "an expired invite is found",
        "UPDATE invites SET expires_at = now() - interval '1 day' WHERE id = $id",
      ),
      "the invite has not expired",
    ),
    inviteFound(
      " AND w.deleted_at IS NULL",
      open("an invite to a deleted workspace is found", deleteHome),
      "the workspace is not deleted",
    ),
    {
      says: "invites: the address is verified (the policy addressee)",
      sql: `ALTER POLICY addressee ON invites USING (email = (SELECT u.email FROM users AS u
              WHERE u.id = (SELECT nullif(current_setting('app.user_id', true), '')::uuid)))`,
      works: [mine("a user reads the invites of an unverified address", guest("NULL"))],
    },
    {
      says: "projo_person_invites: the workspace is not deleted",
      sql: lessOf("projo_person_invites", " AND w.deleted_at IS NULL"),
      works: [
        mine(
          "a user reads an invite to a deleted workspace",
          `${guest("now()")}; UPDATE workspaces SET deleted_at = now()`,
        ),
      ],
    },
    {
      says: "audit_logs: no right to INSERT",
      sql: toTenant("INSERT"),
      works: [forges],
      refused: [rewrites],
    },
    { says: "audit_logs: no right to UPDATE", sql: toTenant("UPDATE"), works: [], refused: [rewrites] },
    {
      says: "audit_logs: the trigger append_only, behind the right",
      sql: off("append_only"),
      works: [],
      refused: [rewrites],
    },
    {
      says: "audit_logs: no right to UPDATE AND the trigger",
      sql: `${toTenant("UPDATE")}; ${off("append_only")}`,
      works: [rewrites],
      refused: [erases],
    },
    { says: "audit_logs: no right to DELETE", sql: toTenant("DELETE"), works: [], refused: [erases] },
    {
      says: "audit_logs: the trigger no_delete, behind the right",
      sql: off("no_delete"),
      works: [],
      refused: [erases],
    },
    {
      says: "audit_logs: no right to DELETE AND the trigger",
      sql: `${toTenant("DELETE")}; ${off("no_delete")}`,
      works: [erases],
      refused: [rewrites],
    },
    {
      says: "tasks: projo_system has no right to the table",
      sql: "GRANT SELECT ON tasks TO projo_system",
      works: [],
      refused: [readsTasks],
    },
    {
      says: "tasks: row-level security, behind the right",
      sql: "ALTER TABLE tasks DISABLE ROW LEVEL SECURITY",
      works: [],
      refused: [readsTasks],
    },
    {
      says: "tasks: no right AND row-level security",
      sql: "GRANT SELECT ON tasks TO projo_system; ALTER TABLE tasks DISABLE ROW LEVEL SECURITY",
      works: [readsTasks],
    },
    {
      says: "users: projo_tenant has no right to password_hash",
      sql: "GRANT SELECT (password_hash) ON users TO projo_tenant",
      works: [hashes],
    },
    {
      says: "service_keys: projo_system may only update last_used_at",
      sql: "GRANT UPDATE ON service_keys TO projo_system",
      works: [named],
    },
    {
      says: "projo_audit_append: the workspace is the transaction's",
      sql: lessOf(
        "projo_audit_append",
        "here UUID := nullif(current_setting('app.workspace_id', true), '')::uuid;",
        "here UUID := (a_entries -> 0 ->> 'workspaceId')::uuid;",
      ),
      works: [foreignEntry],
    },
    {
      says: "projo_audit_append: the transaction has a workspace",
      sql: lessOf("projo_audit_append", "IF here IS NULL THEN", "IF here IS NULL THEN RETURN 0;"),
      works: [{ ...entryWithoutWorkspace, enter: "SET LOCAL ROLE projo_tenant" }],
    },
    {
      says: "projo_erase_person: only projo_operator may call it",
      sql: "GRANT EXECUTE ON FUNCTION projo_erase_person(UUID, BOOLEAN, INTEGER) TO projo_system",
      works: [erasesPerson],
      refused: [recordsErasure, recordsRemoval],
    },
    {
      says: "audit_logs: the trigger operator_acts",
      sql: "DROP TRIGGER operator_acts ON audit_logs",
      works: [recordsErasure, recordsRemoval],
      refused: [erasesPerson],
    },
    {
      says: "invites: one pending invite for each address",
      sql: "DROP INDEX invites_one_pending",
      works: [second],
      refused: [doubled],
    },
    {
      says: "workspace_members: one membership for each user",
      sql: "DROP INDEX workspace_members_workspace_id_user_id_key",
      works: [doubled],
      refused: [second],
    },
  ];
}
