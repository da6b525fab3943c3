/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// The log is append-only: rights enforce it for the server's roles, and triggers for every other role.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { asOwnerOf, entryOf, verdictOn } from "./audit-fixtures.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  await database.owner(
    `INSERT INTO account_events (id, user_id, action, outcome, ip, user_agent)
     VALUES (gen_random_uuid(), $1, 'session.started', 'ok', '192.0.2.1', 'a browser')`,
    [home.userId],
  );
});
afterAll(() => database.drop());

const kept = ["audit_logs", "audit_heads", "account_events"];
const changesOf = (table: string) => [
  `UPDATE ${table} SET ${table === "account_events" ? "outcome = 'refused'" : "hash = sha256('forged')"}`,
  `DELETE FROM ${table}`,
  `TRUNCATE ${table}`,
  `TRUNCATE ${table} CASCADE`,
];

/** The outcome of each statement, in a transaction that is rolled back. */
async function outcomes(client: pg.ClientBase, enter: string, statements: string[]): Promise<string[]> {
  await client.query(`BEGIN; ${enter}`);
  const found: string[] = [];
  for (const statement of statements) {
    await client.query("SAVEPOINT attempt");
    found.push(
      await client.query(statement).then(
        ({ rowCount }) => `${rowCount} rows`,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
    );
    await client.query("ROLLBACK TO attempt");
  }
  await client.query("ROLLBACK");
  return found;
}

const asServer = async (enter: string, statements: string[]): Promise<string[]> => {
  const client = await database.pool.connect();
  try {
    return await outcomes(client, enter, statements);
  } finally {
    client.release();
  }
};
const asOwner = (statements: string[], enter = "") =>
  asOwnerOf(database, (owner) => outcomes(owner, enter, statements));

describe("U2 the log is append-only", () => {
  it.each(["projo_tenant", "projo_system", null])("U2 for the server's login as %s", async (role) => {
    const enter = `SET LOCAL app.workspace_id = '${home.id}'; SET LOCAL app.erasing = '${home.userId}'${role === null ? "" : `; SET LOCAL ROLE ${role}`}`;
    for (const table of kept) {
      const denied = `permission denied for table ${table}`;
      expect(await asServer(enter, changesOf(table)), table).toEqual([denied, denied, denied, denied]);
    }
    const [insert] = await asServer(enter, ["INSERT INTO audit_logs SELECT * FROM audit_logs"]);
    expect(insert).toBe("permission denied for table audit_logs");
  });

  it("U2 and the server's roles can neither read nor change the chain heads", async () => {
    for (const role of ["projo_tenant", "projo_system"]) {
      const enter = `SET LOCAL app.workspace_id = '${home.id}'; SET LOCAL ROLE ${role}`;
      expect(
        await asServer(enter, [
          "SELECT FROM audit_heads",
          "INSERT INTO audit_heads SELECT * FROM audit_heads",
          "SELECT FROM audit_heads FOR UPDATE",
        ]),
      ).toEqual(Array.from({ length: 3 }, () => "permission denied for table audit_heads"));
    }
    expect(
      await database.owner(
        "SELECT relrowsecurity AS enabled, relforcerowsecurity AS forced FROM pg_class WHERE relname = 'audit_heads'",
      ),
    ).toEqual([{ enabled: true, forced: true }]);
  });

  it("U2 for the owner of the database, also in replica mode, which disables ordinary triggers", async () => {
    for (const enter of ["", "SET LOCAL session_replication_role = replica"]) {
      for (const table of kept) {
        const refusals = ["UPDATE", "DELETE", "TRUNCATE", "TRUNCATE"].map(
          (word) => `${table} is append-only: ${word} refused`,
        );
        expect(await asOwner(changesOf(table), enter), table).toEqual(refusals);
      }
    }
  });

  it("U2 for a cascade from a deleted workspace or a truncated table", async () => {
    for (const table of ["audit_logs", "audit_heads"]) {
      const tie = `ALTER TABLE ${table} ADD CONSTRAINT tie FOREIGN KEY (workspace_id) REFERENCES workspaces ON DELETE CASCADE`;
      expect(
        await asOwner([`DELETE FROM workspaces WHERE id = '${home.id}'`, "TRUNCATE workspaces CASCADE"], tie),
      ).toEqual([`${table} is append-only: DELETE refused`, `${table} is append-only: TRUNCATE refused`]);
    }
  });

  it("U2 for INSERT ... ON CONFLICT and MERGE, which could replace an entry", async () => {
    const update = "DO UPDATE SET meta_json = '{}', actor_user_id = NULL";
    expect(
      await asOwner([
        `INSERT INTO audit_logs SELECT * FROM audit_logs ON CONFLICT (workspace_id, id) ${update}`,
        `MERGE INTO audit_logs AS old USING workspaces AS w ON old.workspace_id = w.id WHEN MATCHED THEN DELETE`,
      ]),
    ).toEqual(["audit_logs is append-only: UPDATE refused", "audit_logs is append-only: DELETE refused"]);
  });

  it("except that an erasure removes personal values and nothing else", async () => {
    const own = await createTestDatabase();
    const place = await plantWorkspace(own);
    await own.owner(
      `SET LOCAL app.workspace_id = '${place.id}'; SELECT projo_audit_append('${JSON.stringify([entryOf()])}')`,
    );
    await asOwnerOf(own, async (owner) => {
      const to = (personal: string) =>
        `UPDATE audit_logs SET personal_json = ${personal} WHERE personal_json IS NOT NULL`;
      const statements = [
        to("NULL"),
        to("personal_json - 'ip'"),
        to("personal_json"),
        to("jsonb_set(personal_json, '{ip,value}', '\"198.51.100.1\"')"),
        to("personal_json || '{\"email\": {}}'"),
        "UPDATE audit_logs SET personal_json = '{}' WHERE personal_json IS NULL",
        "UPDATE audit_logs SET personal_json = NULL, action = 'task.made' WHERE personal_json IS NOT NULL",
        `UPDATE audit_logs SET meta_json = jsonb_set(meta_json, '{before,count}', '1.0') WHERE personal_json IS NOT NULL`,
      ];
      const refusal = "audit_logs is append-only: UPDATE refused";
      const outside = statements.map(() => refusal);
      expect(await outcomes(owner, "", statements)).toEqual(outside);
      expect(await outcomes(owner, `SET LOCAL app.erasing = '${randomUUID()}'`, statements)).toEqual([
        "1 rows",
        "1 rows",
        "1 rows",
        ...outside.slice(3),
      ]);
    });
    await own.drop();
  });

  it("except that an erasure removes the IP address and user agent of account events and nothing else", async () => {
    const refusal = "account_events is append-only: UPDATE refused";
    expect(
      await asOwner([
        "UPDATE account_events SET ip = NULL, user_agent = NULL",
        "UPDATE account_events SET ip = '198.51.100.1'",
        "UPDATE account_events SET ip = NULL, user_id = NULL",
      ]),
    ).toEqual(["1 rows", refusal, refusal]);
  });
});

it("only projo_tenant can append, in a workspace and only to the log of that workspace", async () => {
  const entries = JSON.stringify([{ ...entryOf(), workspaceId: randomUUID(), seq: 99, hash: "00" }]);
  const append = `SELECT projo_audit_append('${entries}')`;
  const other = await plantWorkspace(database);
  const within = (workspace: string, role: string) =>
    asServer(`SET LOCAL app.workspace_id = '${workspace}'; SET LOCAL ROLE ${role}`, [append]);
  expect(await within("", "projo_tenant")).toEqual(["an entry is written inside a workspace"]);
  expect(await within(home.id, "projo_system")).toEqual([
    "permission denied for function projo_audit_append",
  ]);
  expect(await asServer("", [append])).toEqual(["permission denied for function projo_audit_append"]);
  await asOwnerOf(database, async (owner) => {
    const before = await verdictOn(owner, home.id);
    const client = await database.pool.connect();
    await client.query(
      `BEGIN; SET LOCAL app.workspace_id = '${other.id}'; SET LOCAL ROLE projo_tenant; ${append}; COMMIT`,
    );
    client.release();
    expect(await verdictOn(owner, home.id)).toEqual(before);
    expect(await verdictOn(owner, other.id)).toMatchObject({ intact: true, lastSeq: 2 });
  });
});

it("rejects an entry with an unknown kind of actor or without a required field", async () => {
  const enter = `SET LOCAL app.workspace_id = '${home.id}'; SET LOCAL ROLE projo_tenant`;
  const append = (changes: object) =>
    `SELECT projo_audit_append('${JSON.stringify([{ ...entryOf(), ...changes }])}')`;
  const found = await asServer(enter, [
    append({ actorKind: "robot" }),
    append({ outcome: "maybe" }),
    append({ action: null }),
    append({ id: "one" }),
    append({ personal: { shoeSize: "44" } }),
  ]);
  expect(found).toEqual([
    expect.stringContaining("audit_logs_actor_kind_known"),
    expect.stringContaining("audit_logs_outcome_known"),
    expect.stringContaining('null value in column "action"'),
    expect.stringContaining("invalid input syntax for type uuid"),
    "1 rows",
  ]);
});
