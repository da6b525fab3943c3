// Indexes that are built outside a transaction: interruptions, invalid indexes, and several programs at the same time.
import { afterEach, beforeEach, expect, it } from "vitest";
import { migrate } from "../../src/index.ts";
import { createEmptyDatabase, type EmptyDatabase } from "../kit/empty-database.ts";
import { eventually, migrationOf } from "./planted-migration.ts";

const table = migrationOf(
  "1_items",
  "CREATE TABLE items (id INT PRIMARY KEY, a INT); INSERT INTO items SELECT n, n % 7 FROM generate_series(1, 2000) AS n",
);
const indexes = migrationOf(
  "2_indexes",
  `-- Two indexes.
   CREATE INDEX CONCURRENTLY "items_a_idx" ON "items" ("a");
   CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS items_id_a_key ON items (id, a);`,
);

let database: EmptyDatabase;
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database.drop());

const validIndexes = async () =>
  (
    await database.rows<{ name: string }>(
      `SELECT indexrelid::regclass::text AS name FROM pg_index
        WHERE indrelid = 'items'::regclass AND indisvalid AND NOT indisprimary ORDER BY 1`,
    )
  ).map(({ name }) => name);
const recorded = async () =>
  (
    await database.rows<{ name: string }>("SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1")
  ).map(({ name }) => name);

it("builds the indexes outside a transaction and records the migration once", async () => {
  expect(await database.asOwner((client) => migrate(client, [table, indexes]))).toEqual([
    "1_items",
    "2_indexes",
  ]);
  expect(await validIndexes()).toEqual(["items_a_idx", "items_id_a_key"]);
  expect(await database.asOwner((client) => migrate(client, [table, indexes]))).toEqual([]);
  const drop = migrationOf("3_drop", 'DROP INDEX CONCURRENTLY "items_a_idx"');
  expect(await database.asOwner((client) => migrate(client, [table, indexes, drop]))).toEqual(["3_drop"]);
  expect(await validIndexes()).toEqual(["items_id_a_key"]);
});

it("lets calls write the table while an index is built", async () => {
  await database.asOwner((client) => migrate(client, [table]));
  // The build waits for this transaction, which can still write.
  await database.asOwner(async (writer) => {
    await writer.query("BEGIN; INSERT INTO items VALUES (9001, 1)");
    const built = database.asOwner((client) => migrate(client, [table, indexes]));
    await eventually(isBuilding);
    await database.rows("INSERT INTO items VALUES (9002, 1)");
    await writer.query("INSERT INTO items VALUES (9003, 1); COMMIT");
    expect(await built).toEqual(["2_indexes"]);
  });
});

it("completes an interrupted build: the invalid index is dropped and built again", async () => {
  await database.asOwner((client) => migrate(client, [table]));
  await database.asOwner(async (reader) => {
    await reader.query("BEGIN; INSERT INTO items VALUES (9001, 1)");
    const interrupted = database.asOwner((client) => migrate(client, [table, indexes]));
    interrupted.catch(() => {});
    await eventually(isBuilding);
    await database.rows(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'CREATE INDEX%'",
    );
    await expect(interrupted).rejects.toThrow("Run the migration again: it continues where it stopped.");
    await reader.query("COMMIT");
  });
  expect(await validIndexes()).toEqual([]);
  expect(await recorded()).toEqual(["1_items"]);
  expect(
    await database.rows("SELECT FROM pg_index WHERE indrelid = 'items'::regclass AND NOT indisvalid"),
  ).toHaveLength(1);

  const notes: string[] = [];
  const note = (line: string) => void notes.push(line);
  expect(await database.asOwner((client) => migrate(client, [table, indexes], { note }))).toEqual([
    "2_indexes",
  ]);
  expect(notes).toEqual(["The index items_a_idx was not completed. It is dropped and built again."]);
  expect(await validIndexes()).toEqual(["items_a_idx", "items_id_a_key"]);
});

it("names the cause when a unique index finds duplicates, and continues after they are removed", async () => {
  const unique = migrationOf("2_unique", "CREATE UNIQUE INDEX CONCURRENTLY items_a_key ON items (a)");
  await expect(database.asOwner((client) => migrate(client, [table, unique]))).rejects.toThrow(
    'The migration 2_unique stopped: could not create unique index "items_a_key". Remove the cause and run the migration again',
  );
  await database.rows("DELETE FROM items WHERE id > 7");
  expect(await database.asOwner((client) => migrate(client, [table, unique]))).toEqual(["2_unique"]);
  expect(await validIndexes()).toEqual(["items_a_key"]);
});

it("lets several programs migrate at the same time without a deadlock", async () => {
  const ran = await Promise.all(
    Array.from({ length: 6 }, () => database.asOwner((client) => migrate(client, [table, indexes]))),
  );
  expect(ran.flat()).toEqual(["1_items", "2_indexes"]);
  expect(await validIndexes()).toEqual(["items_a_idx", "items_id_a_key"]);
});

it.each([
  "CREATE INDEX CONCURRENTLY items_a_idx ON items (a); ALTER TABLE items ADD COLUMN b INT",
  "REINDEX INDEX CONCURRENTLY items_pkey",
  "CREATE INDEX CONCURRENTLY ON items (a)",
])(
  "refuses, before it applies any migration, one that mixes CONCURRENTLY with other statements: %s",
  async (sql) => {
    const mixed = migrationOf("2_mixed", sql);
    await expect(database.asOwner((client) => migrate(client, [table, mixed]))).rejects.toThrow(
      "The migration 2_mixed contains CONCURRENTLY, so it runs outside a transaction and may contain only",
    );
    expect(await database.rows("SELECT to_regclass('items') AS applied")).toEqual([{ applied: null }]);
  },
);

const isBuilding = async () =>
  (
    await database.rows(
      "SELECT FROM pg_index WHERE indexrelid = to_regclass('items_a_idx') AND NOT indisvalid",
    )
  ).length > 0;
