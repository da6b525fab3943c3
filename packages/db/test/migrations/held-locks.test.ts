// A migration whose table another session uses: calls continue, and the migration is applied when the session has ended.
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { afterEach, beforeEach, expect, inject, it } from "vitest";
import { migrate } from "../../src/index.ts";
import { createEmptyDatabase, type EmptyDatabase } from "../kit/empty-database.ts";
import { eventually, migrationOf } from "./planted-migration.ts";

const table = migrationOf("1_items", "CREATE TABLE items (id INT PRIMARY KEY); INSERT INTO items VALUES (1)");
const column = migrationOf("2_column", "ALTER TABLE items ADD COLUMN a INT");

let database: EmptyDatabase;
beforeEach(async () => {
  database = await createEmptyDatabase();
  await database.asOwner((client) => migrate(client, [table]));
});
afterEach(() => database.drop());

/** Reads the table until stopped. @returns the longest wait of a read, in ms */
function readAgainAndAgain(reader: pg.Client) {
  const state = { isStopped: false };
  const longestMs = (async () => {
    let longest = 0;
    while (!state.isStopped) {
      const startedAt = performance.now();
      await reader.query("SELECT * FROM items");
      longest = Math.max(longest, performance.now() - startedAt);
      await sleep(10);
    }
    return longest;
  })();
  return {
    stop: async () => {
      state.isStopped = true;
      return longestMs;
    },
  };
}

it("F14 calls continue while a migration waits for a lock, and the migration is applied afterwards", async () => {
  const notes: string[] = [];
  const holdMs = 3_000;
  await database.asOwner((holder) =>
    database.asOwner(async (reader) => {
      await holder.query("BEGIN; SELECT * FROM items");
      const reads = readAgainAndAgain(reader);
      const migrated = database.asOwner((client) =>
        migrate(client, [table, column], { note: (line) => void notes.push(line) }),
      );
      await sleep(holdMs);
      expect(
        await database.rows("SELECT FROM pg_attribute WHERE attrelid = 'items'::regclass AND attname = 'a'"),
      ).toEqual([]);
      await holder.query("COMMIT");
      expect(await migrated).toEqual(["2_column"]);
      // Without a limit, a read would wait as long as the transaction lasts. Servers refuse a call after 2 s.
      expect(await reads.stop()).toBeLessThan(2_000);
    }),
  );
  expect(notes).toEqual([
    expect.stringMatching(
      /^Another session holds a lock that the migration needs \(process \d+ of projostack-owner on items, \d+ s\b.*\)\. It tries again\.$/,
    ),
  ]);
});

it("ends with an error that names the session when the lock does not become available in time", async () => {
  await database.asOwner(async (holder) => {
    await holder.query("BEGIN; SELECT * FROM items");
    await expect(
      database.asOwner((client) => migrate(client, [table, column], { lockWaitSeconds: 1 })),
    ).rejects.toThrow(
      /^The migration 2_column changed nothing: other sessions held its locks for 1 s \(process \d+ of projostack-owner on items, \d+ s\)\. End the long transaction/,
    );
    await holder.query("COMMIT");
  });
  expect(await database.asOwner((client) => migrate(client, [table, column]))).toEqual(["2_column"]);
});

it("a program that is killed during a migration leaves no part of it, and the next one applies it", async () => {
  const slow = migrationOf(
    "2_slow",
    "CREATE TABLE half (id INT); SELECT pg_sleep(2); CREATE TABLE other (id INT)",
  );
  const { owner } = inject("cluster");
  const program = `
    import { migrate, withOwner } from ${JSON.stringify(import.meta.resolve("../../src/index.ts"))};
    await withOwner(${JSON.stringify({ ...owner, database: database.name })}, (owner) => migrate(owner, ${JSON.stringify([table, slow])}));`;
  const child = spawn(
    process.execPath,
    [
      "--import",
      import.meta.resolve("tsx"),
      "--conditions=@projostack/source",
      "--input-type=module",
      "-e",
      program,
    ],
    { stdio: "inherit", cwd: fileURLToPath(new URL("../..", import.meta.url)) },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const isAsleep = async () =>
    (
      await database.rows(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
      )
    ).length > 0;
  await eventually(isAsleep);
  child.kill("SIGKILL");
  await ended;
  expect(await database.rows("SELECT FROM _prisma_migrations WHERE migration_name = '2_slow'")).toEqual([]);
  // PostgreSQL completes the statements that it has received, so the second program waits, and finds the migration applied or
  // applies it.
  await database.asOwner((client) => migrate(client, [table, slow]));
  expect(
    await database.rows(
      "SELECT count(*)::int AS applied, to_regclass('half') IS NOT NULL AND to_regclass('other') IS NOT NULL AS complete FROM _prisma_migrations WHERE migration_name = '2_slow'",
    ),
  ).toEqual([{ applied: 1, complete: true }]);
});
