/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// Conversion of values to PostgreSQL and back, and rejection of values that cannot be parameters.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createDb, openPool, type TenantWrite } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace } from "../kit/plant-workspace.ts";
import { count, later, note, openConnection, settled, type OneConnection } from "./one-trip-connection.ts";

let database: TestDatabase;
let one: OneConnection;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  one = await openConnection(database);
});
afterEach(() => one.close());

describe("a parameter", () => {
  const back = async (type: string, value: unknown): Promise<unknown> => {
    const [answer] = await one.send([
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
  ])("of type %s returns unchanged: %s", async (type, value) => {
    for (const _ of [1, 2]) expect(await back(type, value)).toEqual({ value });
  });

  it("may be undefined for null, and any Uint8Array for bytes", async () => {
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
  it.each(none)("cannot be %s: nothing is sent, and the connection stays usable", async (_what, value) => {
    for (const place of [0, 1]) {
      const steps = [note(1), later].toSpliced(place, 0, { ...later, values: [value] });
      expect(await settled(one.send(steps))).toMatch(/^(TypeError|RangeError)/);
      expect(await one.send([count, later])).toMatchObject([
        { rows: [{ count: 0n }] },
        { rows: [{ number: 7 }] },
      ]);
      await one.expectTruth();
    }
  });
});

describe("an error in a transaction or a single read", () => {
  it.each([false, true])(
    "for an invalid parameter does not leak a connection (behind a pooler: %s)",
    async (pooled) => {
      const home = await plantWorkspace(database);
      const { owner, server } = inject("cluster");
      const target = { host: owner.host, port: owner.port, ...server, database: database.name };
      const pool = openPool({ target, max: 1, pooled });
      const db = createDb({ pool, pooled });
      // Invalid values as a bug could pass them, despite the types.
      const insert = (title: unknown) => (tables: TenantWrite) =>
        tables.sql.tasks.insert({
          id: randomUUID(),
          projectId: home.projectId,
          title: title as string,
          status: "todo",
          createdBy: home.userId,
        });
      const search = (createdBy: unknown) =>
        db.read(home.grant("task:read"), ({ sql: { tasks } }) =>
          tasks.list({ limit: 1, createdBy: createdBy as string }),
        );
      for (const _ of [1, 2]) {
        expect(await settled(db.write(home.grant("task:write"), insert({})))).toContain("TypeError");
        expect(await settled(search({}))).toContain("TypeError");
        await db.write(home.grant("task:write"), insert("Note"));
        expect(await search(home.userId)).toHaveLength(1);
        expect(await settled(search("no uuid"))).toContain("uuid");
      }
      await expect.poll(() => [pool.totalCount - pool.idleCount, pool.waitingCount]).toEqual([0, 0]);
      await db.close();
      // Only the connection of this file is left, and no released connection is still open.
      const connections = () =>
        database.owner("SELECT FROM pg_stat_activity WHERE datname = $1 AND usename = $2", [
          database.name,
          server.user,
        ]);
      await expect.poll(connections).toHaveLength(1);
    },
  );

  it.each([false, true])(
    "of entering the scope releases the connection for the next caller (in one message: %s)",
    async (singleStatement) => {
      const home = await plantWorkspace(database);
      const { owner, server } = inject("cluster");
      const target = { host: owner.host, port: owner.port, ...server, database: database.name };
      const pool = openPool({ target, max: 1 });
      const db = createDb({ pool });
      const make = (userId: string) =>
        db.write(
          { ...home.grant("task:write"), userId },
          ({ sql: { tasks } }) =>
            tasks.insert({
              id: randomUUID(),
              projectId: home.projectId,
              title: "Note",
              status: "todo",
              createdBy: home.userId,
            }),
          { singleStatement },
        );
      for (const _ of [1, 2]) {
        expect(await settled(make(randomUUID()))).toContain("MembershipChanged");
        expect(await make(home.userId)).toMatchObject({ title: "Note" });
      }
      expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
      await db.close();
    },
  );
});
