import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkServerOf,
  poolerOf,
  readPostgresAddress,
  serverFacts,
  serverProblems,
} from "../../src/index.ts";
import {
  createTestDatabase,
  hasPgBouncer,
  noPgBouncer,
  startPgBouncer,
  type TestDatabase,
} from "../kit/index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe("serverProblems", () => {
  it("finds no problem in a suitable database", async () => {
    const facts = await checkServerOf(database.pool);
    expect(facts).toMatchObject({
      encoding: "UTF8",
      database: database.name,
      isStandby: false,
      ownTables: 4,
    });
    expect(facts.usedConnections).toBeGreaterThan(0);
    expect(Math.abs(facts.clockMs - Date.now())).toBeLessThan(60_000);
  });

  it.each([
    [
      { version: "14.19", number: 140_019 },
      /^PostgreSQL 14\.19 answers there, and version 15 or newer is required\./,
    ],
    [
      { isStandby: true, isReadOnly: true },
      /^a read-only replica \(hot standby\) answers there\. Name the primary/,
    ],
    [{ isReadOnly: true }, /accepts no writes \(default_transaction_read_only is on\)/],
    [{ encoding: "LATIN1" }, /has the encoding LATIN1, which cannot store every text/],
    [{ ownTables: 0, otherTables: ["orders"] }, /contains tables of another program, such as orders/],
  ])("reports %o", async (change, expected) => {
    const facts = await serverFacts(database.pool);
    expect(serverProblems({ ...facts, ...change })).toEqual([expect.stringMatching(expected)]);
  });
});

it.runIf(process.env["CI"])("the machine has a pgbouncer", () =>
  expect(hasPgBouncer, noPgBouncer).toBe(true),
);

describe("poolerOf", () => {
  it("recognizes PostgreSQL itself", async () => {
    expect(await poolerOf(readPostgresAddress(database.url).target)).toBe("none");
  });

  it.skipIf(!hasPgBouncer)("recognizes PgBouncer and its mode", async () => {
    for (const mode of ["session", "transaction"] as const) {
      for (const size of [1, 2]) {
        const bouncer = await startPgBouncer({ size, mode });
        const { target } = readPostgresAddress(bouncer.urlOf(database.name));
        expect(await poolerOf(target), `${mode} ${size}`).toBe(mode);
        await bouncer.close();
      }
    }
  });
});
