// Several statements in one message: they commit together or not at all, and the connection stays usable after any outcome.
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PreparedStatement } from "../../src/connection/one-trip.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
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

describe("a message of several statements", () => {
  it("returns the result of each in order, when it is sent first and again", async () => {
    for (const id of [1, 2, 3]) {
      expect(await one.send([note(id), count, later])).toEqual([
        { rows: [{ id }], rowCount: 1 },
        { rows: [{ count: BigInt(id) }], rowCount: 1 },
        { rows: [{ text: "later", number: 7 }], rowCount: 1 },
      ]);
    }
    await one.expectTruth();
  });

  it("returns the number of changed rows of a statement without rows", async () => {
    await one.send([note(1), note(2)]);
    const change = { name: "change", text: "UPDATE notes SET text = $1", values: ["x"] };
    for (const _ of [1, 2])
      expect(await one.send([change, count])).toMatchObject([{ rows: [], rowCount: 2 }, {}]);
  });

  const failures: [when: string, wrong: PreparedStatement, message: string][] = [
    ["is not SQL", { name: "wrong", text: "SELEC 1", values: [] }, "syntax error"],
    ["names no table", { name: "wrong", text: "SELECT * FROM nowhere", values: [] }, "does not exist"],
    [
      "has a value of another type",
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
  )("rolls back when number $place $when, and the next message works", async ({ wrong, message, place }) => {
    await one.send([note(100)]);
    const right = [note(1), later];
    const steps = right.toSpliced(place, 0, wrong);
    for (const _ of [1, 2, 3]) {
      expect(await settled(one.send(steps))).toContain(message);
      await one.expectTruth();
    }
    expect(await one.send([count])).toMatchObject([{ rows: [{ count: 1n }] }]);
    for (const id of [1, 2])
      expect((await one.send([note(id), later]))[1]?.rows).toEqual([{ text: "later", number: 7 }]);
    await one.expectTruth();
  });

  it("rolls back when a deferred constraint fails at its end", async () => {
    await one.client.query(
      "CREATE TEMPORARY TABLE pairs (id INTEGER, CONSTRAINT once UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)",
    );
    const pair = { name: "pair", text: "INSERT INTO pairs VALUES (1)", values: [] };
    expect(await settled(one.send([pair, later, pair]))).toContain("once");
    await one.expectTruth();
    expect(await one.send([pair, later])).toHaveLength(2);
    await one.expectTruth();
  });

  const sleep = { name: "sleep", text: "SELECT pg_sleep($1::integer)::text AS slept", values: [4] };
  it.each(places)("rolls back when number %i is cancelled or takes too long", async (place) => {
    const steps = [note(1), later].toSpliced(place, 0, sleep);
    const cancelled = settled(one.send(steps));
    for (let found = 0; found === 0; await delay(10)) {
      const rows = await database.owner(
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND state = 'active' AND query LIKE 'SELECT pg_sleep(%'`,
        [database.name],
      );
      found = rows.length;
    }
    expect(await cancelled).toContain("canceling statement due to user request");
    await one.expectTruth();
    await one.client.query("SET statement_timeout = 50");
    expect(await settled(one.send(steps))).toContain("canceling statement due to statement timeout");
    await one.client.query("SET statement_timeout = 5000");
    await one.expectTruth();
    const again = steps.with(place, { ...sleep, values: [0] });
    expect((await one.send(again))[place]?.rows).toEqual([{ slept: "" }]);
    expect(await one.send([count])).toMatchObject([{ rows: [{ count: 1n }] }]);
  });

  it("can be sent before the previous one is answered", async () => {
    const [first, second, failed, last] = await Promise.all([
      one.send([note(1), count]),
      one.send([note(2), count]),
      settled(one.send([note(2), count])),
      one.send([note(3), count]),
    ]);
    expect([first, second, last].map((answers) => answers?.[1]?.rows)).toEqual([
      [{ count: 1n }],
      [{ count: 2n }],
      [{ count: 3n }],
    ]);
    expect(failed).toContain("duplicate key");
    await one.expectTruth();
  });

  it("leaves no prepared statement behind a pooler", async () => {
    for (const id of [1, 2]) {
      expect(await one.send([note(id), count, later], false)).toMatchObject([
        { rows: [{ id }] },
        { rows: [{ count: BigInt(id) }] },
        { rows: [{ number: 7 }] },
      ]);
      expect(await settled(one.send([note(id), count], false))).toContain("duplicate key");
    }
    const { rows } = await one.client.query("SELECT FROM pg_prepared_statements");
    expect(rows).toEqual([]);
  });

  it("fails when a name is in use for another statement", async () => {
    await one.send([later]);
    const other = { ...later, text: "SELECT 'another' AS text, $1::integer AS number" };
    expect(await settled(one.send([note(1), other]))).toContain("later");
    expect(await one.send([count, later])).toMatchObject([
      { rows: [{ count: 0n }] },
      { rows: [{ text: "later" }] },
    ]);
    await one.expectTruth();
  });
});
