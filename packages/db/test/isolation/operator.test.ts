// U11: the database refuses the operations of an operator to the server's login, in every role that it can become.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
});
afterAll(() => database.drop());

const roles = ["none", "projo_tenant", "projo_system", "projo_operator"];

/** Runs a statement in the workspace under a role, and rolls back. @returns the error's message, or null on success */
async function tried(
  pool: pg.Pool,
  role: string,
  text: string,
  values: readonly unknown[],
): Promise<string | null> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT set_config('app.workspace_id', $1, true)", [home.id]);
    // An attacker can set every setting that a session may set.
    await client.query("SELECT set_config('app.erasing', $1, true)", [home.userId]);
    await client.query("SELECT set_config('role', $1, true)", [role]);
    await client.query(text, [...values]);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

const entry = (action: string, actorKind = "system") =>
  JSON.stringify([
    {
      id: randomUUID(),
      actorKind,
      actorUserId: actorKind === "user" ? home.userId : null,
      action,
      targetType: "user",
      targetId: home.userId,
      outcome: "ok",
    },
  ]);
const append = "SELECT projo_audit_append($1)";

it("U11 the server's login cannot erase a user under any role that it can become", async () => {
  for (const role of roles) {
    for (const anonymise of [false, true]) {
      const erase = ["SELECT projo_erase_person($1, $2)", [home.userId, anonymise]] as const;
      expect(await tried(database.pool, role, ...erase), role).toMatch(/^permission denied/);
    }
  }
  await expect(database.db.erasePerson(home.userId)).rejects.toThrow("permission denied");
  const held = await database.owner<{ role: string }>(
    `SELECT g.rolname::text AS role FROM pg_roles AS g
      WHERE pg_has_role($1, g.oid, 'MEMBER') AND g.rolname <> $1
        AND has_function_privilege(g.oid, 'projo_erase_person(uuid, boolean, integer)', 'EXECUTE')`,
    [inject("cluster").server.user],
  );
  expect(held).toEqual([]);
});

it("U11 the server's login cannot record an operator's action", async () => {
  for (const action of ["person.erased", "member.removed", "workspace.deleted", "workspace.restored"]) {
    for (const role of roles) {
      expect(await tried(database.pool, role, append, [entry(action)]), role).toMatch(
        role === "projo_tenant" ? `only an operator records ${action}` : /permission denied/,
      );
    }
  }
  expect(await tried(database.pool, "projo_tenant", append, [entry("person.erased", "user")])).toMatch(
    "only an operator records person.erased",
  );
});

it("the server's login records its own entries, including the removal of a member", async () => {
  for (const given of [
    entry("workspace.purged"),
    entry("member.removed", "user"),
    entry("workspace.deleted", "user"),
    entry("workspace.restored", "user"),
  ]) {
    expect(await tried(database.pool, "projo_tenant", append, [given])).toBeNull();
  }
});

it("U11 the operator's login can erase and record, and reads no workspace without entering it", async () => {
  const erase = ["SELECT projo_erase_person($1)", [home.userId]] as const;
  expect(await tried(database.operatorPool, "projo_operator", ...erase)).toBeNull();
  for (const act of ["member.removed", "workspace.deleted", "workspace.restored"])
    expect(await tried(database.operatorPool, "projo_tenant", append, [entry(act)]), act).toBeNull();
  for (const table of ["tasks", "projects", "workspace_members", "audit_logs", "users", "mail_outbox"]) {
    const read = [`SELECT FROM ${table}`, []] as const;
    expect(await tried(database.operatorPool, "projo_operator", ...read), table).toMatch(
      /^permission denied/,
    );
  }
});

it("U11 only the operator's login lists the workspaces of others, by names and times", async () => {
  const list = ["SELECT id, name, created_at, deleted_at FROM workspaces", []] as const;
  expect(await tried(database.operatorPool, "projo_operator", ...list)).toBeNull();
  const founders = ["SELECT created_by FROM workspaces", []] as const;
  expect(await tried(database.operatorPool, "projo_operator", ...founders)).toMatch(/^permission denied/);
  expect(await tried(database.pool, "projo_operator", ...list)).toMatch(/^permission denied/);
  await expect(database.db.operatorWorkspaces.list({ limit: 10 })).rejects.toThrow("permission denied");
  await expect(database.db.operatorWorkspaces.find(home.id)).rejects.toThrow("permission denied");
});

it("F14 the previous build can run on this schema: the roles and functions that it uses are unchanged", async () => {
  const [facts] = await database.owner(
    `SELECT has_function_privilege('projo_tenant', 'projo_audit_append(jsonb)', 'EXECUTE') AS appends,
            has_function_privilege('projo_system', 'projo_session(uuid, uuid)', 'EXECUTE') AS finds_sessions,
            has_function_privilege('projo_system', 'projo_erase_person(uuid, boolean, integer)', 'EXECUTE') AS erases`,
  );
  expect(facts).toEqual({ appends: true, finds_sessions: true, erases: false });
});
