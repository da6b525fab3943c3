// Several statements in one message: all of them happen or none, and however it ends the connection is as good as before.
// What is prepared on it, and what is believed to be, are the same.
//
// The casts look at what pg keeps of a connection, which its types leave out.
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createDb, openPool, type TenantWrite } from "../src/index.ts";
import { enteredQuery } from "../src/client/entered-query.ts";
import { enterStep } from "../src/client/enter-sql.ts";
import { oneTrip, type Prepared } from "../src/client/one-trip.ts";
import { createTestDatabase, type TestDatabase } from "./kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "./kit/plant-workspace.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
});
afterAll(() => database.drop());

let pool: pg.Pool;
let client: pg.PoolClient;
beforeEach(async () => {
  const { owner, server } = inject("cluster");
  const target = { host: owner.host, port: owner.port, ...server, database: database.name };
  pool = openPool({ target, max: 1 });
  client = await pool.connect();
  await client.query("CREATE TEMPORARY TABLE notes (id INTEGER PRIMARY KEY, text TEXT)");
});
afterEach(async () => {
  client.release();
  await pool.end();
});

const send = (steps: readonly Prepared[], keepsPrepared = true) => oneTrip(client, steps, { keepsPrepared });
const settled = (work: Promise<unknown>): Promise<unknown> => work.then(() => "done", String);

const note = (id: number): Prepared => ({
  name: "note",
  text: "INSERT INTO notes (id) VALUES ($1::integer) RETURNING id",
  values: [id],
});
const count: Prepared = { name: "count", text: "SELECT count(*) FROM notes", values: [] };
const later: Prepared = { name: "later", text: "SELECT 'later' AS text, $1::integer AS number", values: [7] };

/** What PostgreSQL has prepared for us, and what pg and we believe that it has. */
async function expectTruth(): Promise<void> {
  const { parsedStatements, submittedNamedStatements } = (
    client as unknown as { connection: Record<"parsedStatements" | "submittedNamedStatements", object> }
  ).connection;
  const { rows } = await client.query<{ name: string; statement: string }>(
    "SELECT name, statement FROM pg_prepared_statements WHERE NOT from_sql",
  );
  expect(Object.fromEntries(rows.map(({ name, statement }) => [name, statement]))).toEqual({
    ...parsedStatements,
  });
  expect({ ...submittedNamedStatements }).toEqual({});
}

describe("a message of several statements", () => {
  it("answers each, in their order, the first time and again", async () => {
    for (const id of [1, 2, 3]) {
      expect(await send([note(id), count, later])).toEqual([
        { rows: [{ id }], rowCount: 1 },
        { rows: [{ count: BigInt(id) }], rowCount: 1 },
        { rows: [{ text: "later", number: 7 }], rowCount: 1 },
      ]);
    }
    await expectTruth();
  });

  it("says how many rows a statement changed that returns none", async () => {
    await send([note(1), note(2)]);
    const change = { name: "change", text: "UPDATE notes SET text = $1", values: ["x"] };
    for (const _ of [1, 2])
      expect(await send([change, count])).toMatchObject([{ rows: [], rowCount: 2 }, {}]);
  });

  const failures: [when: string, wrong: Prepared, message: string][] = [
    ["is not SQL", { name: "wrong", text: "SELEC 1", values: [] }, "syntax error"],
    ["names no table", { name: "wrong", text: "SELECT * FROM nowhere", values: [] }, "does not exist"],
    [
      "is given a value of another type",
      { name: "wrong", text: "SELECT $1::uuid", values: ["no uuid"] },
      "invalid input syntax",
    ],
    [
      "is given too few values",
      { name: "wrong", text: "SELECT $1::text, $2::text", values: ["one"] },
      "parameters",
    ],
    ["is given a NUL", { name: "wrong", text: "SELECT $1::text", values: ["a\0b"] }, "0x00"],
    [
      "cannot be done",
      { name: "wrong", text: "SELECT 1 / $1::integer AS no", values: [0] },
      "division by zero",
    ],
    [
      "fails at its second row",
      { name: "wrong", text: "SELECT 1 / (2 - n) FROM generate_series(1, 3) AS n", values: [] },
      "division by zero",
    ],
    ["breaks a key", { ...note(0), values: [100] }, "duplicate key"],
  ];
  const places = [0, 1, 2];
  it.each(
    failures.flatMap(([when, wrong, message]) => places.map((place) => ({ when, wrong, message, place }))),
  )(
    "of which number $place $when keeps nothing, and the next one works",
    async ({ wrong, message, place }) => {
      await send([note(100)]);
      const right = [note(1), later];
      const steps = right.toSpliced(place, 0, wrong);
      for (const _ of [1, 2, 3]) {
        expect(await settled(send(steps))).toContain(message);
        await expectTruth();
      }
      expect(await send([count])).toMatchObject([{ rows: [{ count: 1n }] }]);
      for (const id of [1, 2])
        expect((await send([note(id), later]))[1]?.rows).toEqual([{ text: "later", number: 7 }]);
      await expectTruth();
    },
  );

  it("keeps nothing where its end is refused", async () => {
    await client.query(
      "CREATE TEMPORARY TABLE pairs (id INTEGER, CONSTRAINT once UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)",
    );
    const pair = { name: "pair", text: "INSERT INTO pairs VALUES (1)", values: [] };
    expect(await settled(send([pair, later, pair]))).toContain("once");
    await expectTruth();
    expect(await send([pair, later])).toHaveLength(2);
    await expectTruth();
  });

  const sleep = { name: "sleep", text: "SELECT pg_sleep($1::integer)::text AS slept", values: [4] };
  it.each(places)("whose number %i is cancelled, or takes too long, keeps nothing", async (place) => {
    const steps = [note(1), later].toSpliced(place, 0, sleep);
    const cancelled = settled(send(steps));
    for (let found = 0; found === 0; await delay(10)) {
      const rows = await database.owner(
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND state = 'active' AND query LIKE 'SELECT pg_sleep(%'`,
        [database.name],
      );
      found = rows.length;
    }
    expect(await cancelled).toContain("canceling statement due to user request");
    await expectTruth();
    await client.query("SET statement_timeout = 50");
    expect(await settled(send(steps))).toContain("canceling statement due to statement timeout");
    await client.query("SET statement_timeout = 5000");
    await expectTruth();
    const again = steps.with(place, { ...sleep, values: [0] });
    expect((await send(again))[place]?.rows).toEqual([{ slept: "" }]);
    expect(await send([count])).toMatchObject([{ rows: [{ count: 1n }] }]);
  });

  it("may be sent before the one before it is answered", async () => {
    const [one, other, failed, last] = await Promise.all([
      send([note(1), count]),
      send([note(2), count]),
      settled(send([note(2), count])),
      send([note(3), count]),
    ]);
    expect([one, other, last].map((answers) => answers?.[1]?.rows)).toEqual([
      [{ count: 1n }],
      [{ count: 2n }],
      [{ count: 3n }],
    ]);
    expect(failed).toContain("duplicate key");
    await expectTruth();
  });

  it("leaves nothing prepared where a pooler shares the connections", async () => {
    for (const id of [1, 2]) {
      expect(await send([note(id), count, later], false)).toMatchObject([
        { rows: [{ id }] },
        { rows: [{ count: BigInt(id) }] },
        { rows: [{ number: 7 }] },
      ]);
      expect(await settled(send([note(id), count], false))).toContain("duplicate key");
    }
    const { rows } = await client.query("SELECT FROM pg_prepared_statements");
    expect(rows).toEqual([]);
  });

  it("is refused where a name stands for another statement already", async () => {
    await send([later]);
    const other = { ...later, text: "SELECT 'another' AS text, $1::integer AS number" };
    expect(await settled(send([note(1), other]))).toContain("later");
    expect(await send([count, later])).toMatchObject([
      { rows: [{ count: 0n }] },
      { rows: [{ text: "later" }] },
    ]);
    await expectTruth();
  });
});

describe("a value", () => {
  const back = async (type: string, value: unknown): Promise<unknown> => {
    const [answer] = await send([
      { name: `back_${type}`, text: `SELECT $1::${type} AS value`, values: [value] },
    ]);
    return answer?.rows[0];
  };

  it.each([
    ["text", "plain"],
    ["text", ""],
    ["text", String.raw`"\'{},NULL`],
    ["text", "🙂\u{10ffff}\n\t"],
    ["integer", -7],
    ["bigint", 9_223_372_036_854_775_807n],
    ["bigint", -9_223_372_036_854_775_808n],
    ["boolean", true],
    ["boolean", false],
    ["float8", 1.5],
    ["bytea", Buffer.from([0, 1, 255, 92])],
    ["bytea", Buffer.alloc(0)],
    ["timestamptz", new Date("0001-01-01T00:00:00.000Z")],
    ["timestamptz", new Date("1582-10-10T00:00:00.001Z")],
    ["timestamptz", new Date("1969-12-31T23:59:59.900Z")],
    ["timestamptz", new Date("2026-11-25T12:00:00.010Z")],
    ["timestamptz", new Date("9999-12-31T23:59:59.999Z")],
    ["text[]", []],
    ["text[]", ["a", "", "NULL", null, "a,b", "{}", '"', "\\", " x "]],
    ["integer[]", [1, -2, null]],
    ["uuid", "0190a6f0-0000-7000-8000-00000000abcd"],
    ["text", null],
    ["bytea", null],
    ["timestamptz", null],
  ])("of %s comes back as it was: %s", async (type, value) => {
    for (const _ of [1, 2]) expect(await back(type, value)).toEqual({ value });
  });

  it("that is undefined is null, and bytes need not be a Buffer", async () => {
    expect(await back("text", undefined)).toEqual({ value: null });
    const bytes = new Uint8Array([9, 1, 2, 3]).subarray(1, 3);
    expect(await back("bytea", bytes)).toEqual({ value: Buffer.from([1, 2]) });
  });

  const none: [what: string, value: unknown][] = [
    ["an object", { a: 1 }],
    ["a list of bytes", [Buffer.from("a")]],
    ["a list of objects", [{}]],
    ["a function", () => 1],
    ["a symbol", Symbol("a")],
    ["no time", new Date(Number.NaN)],
  ];
  it.each(none)(
    "that is %s is no parameter: nothing is sent, and the connection goes on",
    async (_what, value) => {
      for (const place of [0, 1]) {
        const steps = [note(1), later].toSpliced(place, 0, { ...later, values: [value] });
        expect(await settled(send(steps))).toMatch(/^(TypeError|RangeError)/);
        expect(await send([count, later])).toMatchObject([
          { rows: [{ count: 0n }] },
          { rows: [{ number: 7 }] },
        ]);
        await expectTruth();
      }
    },
  );
});

describe("of a transaction and of a lone read", () => {
  it.each([false, true])(
    "a value that is no parameter ends it and not the pool (behind a pooler: %s)",
    async (pooled) => {
      client.release();
      const db = createDb({ pool, pooled });
      const insert = (title: unknown) => (tables: TenantWrite) =>
        tables.tasks.insert({
          id: randomUUID(),
          projectId: home.projectId,
          title: title as string,
          status: "todo",
          createdBy: home.userId,
        });
      const search = (text: unknown) =>
        db.read(home.grant("task:read"), ({ tasks }) => tasks.list({ limit: 1, createdBy: text as string }));
      for (const _ of [1, 2]) {
        expect(await settled(db.write(home.grant("task:write"), insert({})))).toContain("TypeError");
        expect(await settled(search({}))).toContain("TypeError");
        await db.write(home.grant("task:write"), insert("Note"));
        expect(await search(home.userId)).toHaveLength(1);
        expect(await settled(search("no uuid"))).toContain("uuid");
      }
      await expect.poll(() => [pool.totalCount - pool.idleCount, pool.waitingCount]).toEqual([0, 0]);
      client = await pool.connect();
      const { rows } = await database
        .owner<{ connections: number }>(
          `SELECT count(*)::integer AS connections FROM pg_stat_activity WHERE datname = $1 AND usename = $2`,
          [database.name, inject("cluster").server.user],
        )
        .then((found) => ({ rows: found }));
      expect(rows).toEqual([{ connections: 1 }]);
    },
  );
});

describe("a statement of Prisma's that enters its scope in the same message", () => {
  const enter = (text: string, values: unknown[], { name = "of_prisma" }: { name?: string } = {}) =>
    enteredQuery(
      client,
      { name, text, values },
      { entry: enterStep({ kind: "read", workspaceId: home.id }), keepsPrepared: true },
    );
  const tasks = "SELECT id FROM tasks WHERE id = $1::uuid";

  it("sees its workspace and leaves nothing behind, also when it fails", async () => {
    const wrongs: [text: string, values: unknown[], name: string][] = [
      [tasks, ["no uuid"], "of_prisma"],
      ["SELEC 1", [], "wrong"],
      ["SELECT 1 / $1::integer", [0], "divided"],
      ["DELETE FROM tasks WHERE id = $1::uuid", [home.taskId], "deleting"],
    ];
    for (const [text, values, name] of wrongs) {
      for (const _ of [1, 2]) {
        expect(await settled(enter(text, values, { name }))).toContain("error");
        await expectTruth();
        expect((await enter(tasks, [home.taskId])).rows).toEqual([{ id: home.taskId }]);
        await expectTruth();
      }
    }
    const { rows } = await client.query<{ role: string; here: string }>(
      "SELECT current_user::text AS role, current_setting('app.workspace_id', true) AS here",
    );
    expect(rows).toEqual([{ role: inject("cluster").server.user, here: "" }]);
  });

  it("may be sent before the one before it is answered", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => enter(tasks, [home.taskId])));
    expect(answers.map(({ rows }) => rows.length)).toEqual([1, 1, 1]);
    await expectTruth();
  });

  it("is not run where its scope cannot be entered", async () => {
    const entry = { name: "no_entry", text: "SELECT 1 / $1::integer", values: [0] };
    const never = { name: "never", text: "INSERT INTO notes VALUES ($1)", values: [1] };
    for (const _ of [1, 2]) {
      expect(await settled(enteredQuery(client, never, { entry, keepsPrepared: true }))).toContain(
        "division",
      );
      await expectTruth();
    }
    expect(await send([count])).toMatchObject([{ rows: [{ count: 0n }] }]);
    expect(
      await settled(enteredQuery(client, never, { entry: { ...entry, values: [1] }, keepsPrepared: true })),
    ).toBe("done");
    await expectTruth();
  });
});
