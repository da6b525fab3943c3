// The hashed text of an entry does not depend on the settings of the session, the version of PostgreSQL or the owner.
import { authorize } from "@projostack/authz";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createDb, migrate, openPool, verifyChain, withOwner } from "../../src/index.ts";
import { readMigrations } from "../../src/migrations/read-migrations.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { auditRows, asOwnerOf, entryOf, logOf, verdictOn } from "./audit-fixtures.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
});
afterAll(() => database.drop());

/** JSON values that a serializer could write in two ways. */
const awkward = {
  text: 'quote " backslash \\ slash / tab \t line \n return \r bell \u0007 delete \u007F',
  'key "quoted" \\': "é e\u0301 ß İ 漢字 😀 \u2028 \u200F \uFEFF",
  numbers: [0, -0, 1, 1.5, 1e21, 1e-7, 123_456_789_012_345_680, 0.1, -2.5e-10],
  literals: [true, false, null],
};

describe("the hashed text of an entry", () => {
  it("equals this text", async () => {
    const [row] = await database.owner<{ text: string }>(
      `SELECT projo_audit_text(jsonb_populate_record(NULL::audit_logs, $1)) AS text`,
      [
        JSON.stringify({
          id: "019300aa-0000-7000-8000-000000000001",
          workspace_id: "019300aa-0000-7000-8000-000000000002",
          seq: 9_007_199_254_740_993n.toString(),
          actor_kind: "user",
          actor_user_id: "019300aa-0000-7000-8000-000000000003",
          action: 'a "b" \\ é 😀',
          target_type: "task",
          target_id: "4",
          outcome: "ok",
          created_at: "2026-11-22T10:11:12.130Z",
          meta_json: awkward,
          commitments_json: { userAgent: "bb", ip: "aa" },
        }),
      ],
    );
    expect(row?.text).toBe(
      '{"version" : 1, "workspaceId" : "019300aa-0000-7000-8000-000000000002", "seq" : 9007199254740993, "id" : "019300aa-0000-7000-8000-000000000001", "createdAt" : "2026-11-22T10:11:12.130Z", "actorKind" : "user", "actorUserId" : "019300aa-0000-7000-8000-000000000003", "actorKeyId" : null, "action" : "a \\"b\\" \\\\ é 😀", "targetType" : "task", "targetId" : "4", "outcome" : "ok", "requestId" : null, "sessionId" : null, "meta" : {"text": "quote \\" backslash \\\\ slash / tab \\t line \\n return \\r bell \\u0007 delete \u007F", "numbers": [0, 0, 1, 1.5, 1000000000000000000000, 0.0000001, 123456789012345680, 0.1, -0.00000000025], "literals": [true, false, null], "key \\"quoted\\" \\\\": "é e\u0301 ß İ 漢字 😀 \u2028 \u200F \uFEFF"}, "commitments" : {"ip": "aa", "userAgent": "bb"}}',
    );
  });

  it("depends on no setting of the session", async () => {
    await asOwnerOf(database, async (owner) => {
      await owner.query("SELECT set_config('app.workspace_id', $1, false)", [home.id]);
      await owner.query("SELECT projo_audit_append($1)", [
        JSON.stringify([{ ...entryOf(), meta: awkward, sessionId: randomUUID() }]),
      ]);
      const before = await logOf(owner, home.id);
      for (const setting of [
        "TimeZone = 'Asia/Kathmandu'",
        "DateStyle = 'SQL, DMY'",
        "IntervalStyle = 'sql_standard'",
        "extra_float_digits = -15",
        "bytea_output = 'escape'",
        "standard_conforming_strings = off",
        "lc_time = 'C'",
        "lc_numeric = 'C'",
        "search_path = pg_temp, public",
        "escape_string_warning = off",
      ]) {
        await owner.query(`SET ${setting}`);
        expect(await logOf(owner, home.id), setting).toEqual(before);
      }
      // Functions in a schema earlier on the search path do not replace those of PostgreSQL.
      await owner.query(`RESET ALL; CREATE SCHEMA trap; SET search_path = trap, public, pg_catalog;
        CREATE FUNCTION trap.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT decode('00', 'hex') $$;
        CREATE FUNCTION trap.json_build_object(VARIADIC "any") RETURNS json LANGUAGE internal AS 'json_build_array'`);
      await owner.query("SELECT set_config('app.workspace_id', $1, false), sha256('') = '\\x00' AS trapped", [
        home.id,
      ]);
      await owner.query("SELECT projo_audit_append($1)", [JSON.stringify([entryOf()])]);
      await owner.query("RESET ALL");
      expect(await verdictOn(owner, home.id)).toMatchObject({ intact: true, lastSeq: 3 });
    });
  });

  it("contains the given values, and only commitments of the personal values", async () => {
    const entry = entryOf({
      actorUserId: home.userId,
      requestId: "r",
      personal: { email: "guest@example.com", ip: "192.0.2.77", userAgent: null },
    });
    await database.db.write(home.grant("task:write"), (tables) =>
      tables.sql.audit.append([{ ...entry, meta: awkward as never }]),
    );
    const last = (await asOwnerOf(database, (owner) => logOf(owner, home.id))).at(-1);
    const said = JSON.parse(last?.text ?? "") as Record<string, unknown>;
    const { personal, ...given } = entry;
    expect(said).toMatchObject({ ...given, meta: { ...awkward, numbers: expect.any(Array) } });
    expect(Object.keys(last?.personal ?? {})).toEqual(["ip", "email"]);
    expect(said["commitments"]).toEqual(
      Object.fromEntries(
        Object.entries(last?.personal ?? {}).map(([name, { value, salt }]) => [
          name,
          createHash("sha256").update(salt, "hex").update(value).digest("hex"),
        ]),
      ),
    );
    expect(last?.text).not.toContain("192.0.2.77");
    expect(last?.personal?.["ip"]?.value).toBe(personal?.ip);
    const salts = Object.values(last?.personal ?? {}).map(({ salt }) => salt);
    expect(new Set(salts).size).toBe(2);
    expect(salts).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.any(String)]);
  });
});

describe("a database whose owner is not a superuser", () => {
  it("adds the entries from before the chain to it, and appends, reads and erases new ones", async () => {
    const { owner, server, operator } = inject("cluster");
    const name = `projo_test_plain_${randomBytes(4).toString("hex")}`;
    const login = { user: name, password: randomUUID() };
    const admin = (text: string) =>
      withOwner({ ...owner, database: "postgres" }, (client) => client.query(text));
    await admin(`CREATE ROLE ${name} LOGIN PASSWORD '${login.password}'`);
    await admin(`CREATE DATABASE ${name} OWNER ${name}`);
    const target = { host: owner.host, port: owner.port, database: name };
    const [home1, home2, person] = [randomUUID(), randomUUID(), randomUUID()];
    try {
      await withOwner({ ...target, ...login }, async (client) => {
        const all = await readMigrations();
        await migrate(
          client,
          all.filter((one) => one.name < "20261122030000"),
        );
        await client.query("ALTER TABLE audit_logs NO FORCE ROW LEVEL SECURITY");
        await client.query(
          `INSERT INTO audit_logs (id, workspace_id, actor_user_id, action, target_type, target_id, meta_json, created_at)
           SELECT gen_random_uuid(), CASE n % 2 WHEN 0 THEN $1::uuid ELSE $2 END, CASE n % 3 WHEN 0 THEN $3::uuid END,
                  'task.deleted', 'task', n::text, jsonb_strip_nulls(jsonb_build_object('actorKeyId', CASE n % 3 WHEN 1 THEN $3::uuid END)),
                  '2026-01-01'::timestamptz - make_interval(secs => n / 4)
             FROM generate_series(1, 40) AS n`,
          [home1, home2, person],
        );
        await client.query("ALTER TABLE audit_logs FORCE ROW LEVEL SECURITY");
        await migrate(client);
        for (const place of [home1, home2]) {
          expect(await verdictOn(client, place)).toMatchObject({ intact: true, lastSeq: 20 });
        }
        const { rows } = await client.query(
          `SELECT bool_and(actor_kind = (ARRAY['user', 'key', 'system'])[1 + target_id::int % 3]) AS kinds,
                  bool_and((created_at, id) >= (before, before_id)) AS ordered
             FROM (SELECT *, lag(created_at, 1, '-infinity') OVER entries AS before,
                          lag(id, 1, '00000000-0000-0000-0000-000000000000') OVER entries AS before_id
                     FROM audit_logs WINDOW entries AS (PARTITION BY workspace_id ORDER BY seq)) AS entries`,
        );
        expect(rows).toEqual([{ kinds: true, ordered: true }]);
        // Without the setting there are no rows, because the policies also apply to the owner.
        await client.query("RESET app.workspace_id");
        expect((await client.query("SELECT FROM audit_logs")).rowCount).toBe(0);
        await client.query(
          "INSERT INTO users (id, email, password_hash) VALUES ($1, 'person@example.com', 'none')",
          [person],
        );
      });
      const db = createDb({ pool: openPool({ target: { ...target, ...server } }) });
      const founding = { id: home1, name: "Plain", founderId: person, memberId: randomUUID() };
      await db.foundWorkspace(founding, (tables) =>
        tables.sql.audit.append([entryOf({ actorUserId: person }), entryOf()]),
      );
      expect(await db.recordDenial(home1, entryOf())).toBe(true);
      const operatorDb = createDb({ pool: openPool({ target: { ...target, ...operator } }) });
      expect(await operatorDb.erasePerson(person)).toBe(1);
      await operatorDb.close();
      const reading = authorize({ workspaceId: home1, userId: person, role: "admin" }, "audit:read");
      expect(await verifyChain(auditRows(db, reading), { workspaceId: home1 })).toMatchObject({
        intact: true,
        lastSeq: 24,
      });
      const log = await db.read(reading, ({ auditLog }) =>
        auditLog.findMany({ orderBy: { seq: "asc" }, skip: 20 }),
      );
      expect(log.map(({ action, personalJson }) => [action, personalJson === null])).toEqual([
        ["task.deleted", true],
        ["task.deleted", false],
        ["task.deleted", false],
        ["person.erased", true],
      ]);
      await db.close();
    } finally {
      await admin(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin(`DROP ROLE ${name}`);
    }
  });
});
