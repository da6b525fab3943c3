// Ten seconds of random failures. To run it longer, or again with the seed that a run printed:
//   PROJO_PRESSURE_SECONDS=60 PROJO_PRESSURE_SEED=1 npx vitest run packages/db/test/pool/pool-pressure.test.ts
import { randomInt } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createDb, failureOf, openPool, type Db } from "../../src/index.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { applyPressure, type Pressure } from "../kit/pressure.ts";

const seconds = Number(process.env["PROJO_PRESSURE_SECONDS"] ?? 10);
const seed = Number(process.env["PROJO_PRESSURE_SEED"] ?? randomInt(1_000_000));

let database: TestDatabase;
let places: PlantedWorkspace[];
let pool: pg.Pool;
let db: Db;
let pressure: Pressure;

/** The kinds of calls and of their outcomes that the test must see. */
const KINDS = [
  "a read: done",
  "a write: done",
  "a user's read: done",
  "a single statement: done",
  "a check for leftover settings: done",
  "a read that fails: its own error",
  "a write that fails: its own error",
  "a write that ignores its error: its own error",
  "a statement that takes too long: DatabaseBusy",
  "a slow write: DatabaseBusy",
  "a slow write: DatabaseDown",
  "pg_cancel_backend",
  "pg_terminate_backend",
];

beforeAll(
  async () => {
    database = await createTestDatabase();
    places = await Promise.all(Array.from({ length: 16 }, () => plantWorkspace(database)));
    pool = openPool({ target: { connectionString: database.url }, max: 8 });
    db = createDb({ pool });
    const atLeast = Object.fromEntries(KINDS.map((kind) => [kind, 1]));
    pressure = await applyPressure({ db, database, places, seconds, atLeast, seed, nextBorrower });
    console.log(`seed ${seed}`, pressure.counts);
  },
  (seconds + 180) * 1_000,
);
afterAll(async () => {
  await db.close();
  await database.drop();
});

const NEXT_BORROWER = `
  SELECT coalesce(current_setting('app.workspace_id', true), '') AS workspace,
         coalesce(current_setting('app.user_id', true), '') AS person, current_user::text AS role,
         current_setting('transaction_read_only') AS read_only, current_setting('statement_timeout') AS timeout`;

/** The settings that the next user of a connection must not find. */
async function nextBorrower(): Promise<unknown> {
  const { rows } = await pool.query(NEXT_BORROWER).catch((error: unknown) => {
    throw failureOf(error);
  });
  const nothing = {
    workspace: "",
    person: "",
    role: inject("cluster").server.user,
    read_only: "off",
    timeout: "5s",
  };
  return JSON.stringify(rows[0]) === JSON.stringify(nothing) ? null : rows[0];
}

describe(`64 callers of 16 workspaces on 8 connections with random failures (seed ${seed})`, () => {
  it("I9 I13 never see another workspace, role or row, or a setting of an earlier caller", () => {
    expect(pressure.wrong).toEqual([]);
  });

  it("F2 only get failures that the server can map to an answer", () => {
    expect(pressure.strange).toEqual([]);
  });

  it("make every kind of call and meet every kind of failure", () => {
    expect(KINDS.filter((kind) => !((pressure.counts[kind] ?? 0) > 0))).toEqual([]);
  });

  it("F2 leave an intact pool: every connection is released, and each workspace is served", async () => {
    await expect.poll(() => [pool.idleCount === pool.totalCount, pool.waitingCount]).toEqual([true, 0]);
    const counts = await Promise.all(
      places.map((place) => db.read(place.grant("task:read"), ({ task }) => task.count())),
    );
    expect(counts).toEqual(places.map(() => 1));
  });
});
