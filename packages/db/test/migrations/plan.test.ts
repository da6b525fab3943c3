// The plan of an upgrade: it changes nothing, estimates rows and warns about work under a lock.
import { afterEach, beforeEach, expect, it } from "vitest";
import { migrate } from "../../src/index.ts";
import { MigrateFlagsError, readMigrateFlags } from "../../src/cli/migrate-flags.ts";
import { runMigrate } from "../../src/cli/run-migrate.ts";
import { printPlan } from "../../src/migrations/plan/print-plan.ts";
import { planUpgrade } from "../../src/migrations/plan/plan-upgrade.ts";
import { type Migration, readMigrations } from "../../src/migrations/read-migrations.ts";
import { createEmptyDatabase, type EmptyDatabase } from "../kit/empty-database.ts";
import { migrationOf } from "./planted-migration.ts";

const table = migrationOf(
  "1_items",
  "CREATE TABLE items (id INT PRIMARY KEY, a INT); INSERT INTO items SELECT n, n FROM generate_series(1, 150000) AS n",
);
const index: Migration = {
  ...migrationOf("2_index", "ALTER TABLE items ADD b INT; CREATE INDEX items_a_idx ON items (a)"),
  measured: {
    statements: [
      {
        statement: "ALTER TABLE items ADD b INT",
        locks: { items: "ACCESS EXCLUSIVE" },
        rewrites: [],
        reads: [],
        builds: {},
      },
      {
        statement: "CREATE INDEX items_a_idx ON items (a)",
        locks: {},
        rewrites: [],
        reads: ["items"],
        builds: { items_a_idx: "items" },
      },
    ],
    removes: [],
  },
};
const WARNING =
  "The migration 2_index builds the index items_a_idx of items (about 150000 rows), and blocks the reads and writes of items meanwhile: CREATE INDEX items_a_idx ON items (a)";

let database: EmptyDatabase;
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database.drop());

async function command(...args: string[]) {
  let out = "";
  let err = "";
  const code = await runMigrate(args, {
    env: { PROJO_DATABASE_OWNER_URL: database.ownerUrl },
    write: (text) => (out += text),
    note: (line) => (err += `${line}\n`),
  });
  return { code, out, err };
}

it("plans the pending migrations with locks, rows and a warning, and changes nothing", async () => {
  await database.asOwner((client) => migrate(client, [table]));
  await database.rows("ANALYZE items");
  const plan = await database.asOwner((client) => planUpgrade(client, [table, index]));
  expect(plan).toMatchObject({
    problem: null,
    ahead: [],
    warnings: [WARNING],
    migrations: [
      {
        name: "2_index",
        isTransaction: true,
        tables: [{ table: "items", rows: 150_000 }],
        statements: [
          { locks: [{ table: "items", mode: "ACCESS EXCLUSIVE", blocks: "reads and writes" }] },
          { builds: [{ index: "items_a_idx", table: "items" }] },
        ],
      },
    ],
  });
  expect(printPlan(plan)).toMatch(
    /locks items \(about 150000 rows, \d+\.\d MB\): ACCESS EXCLUSIVE, blocks reads and writes\n[^]*builds the index items_a_idx of items[^]*\n\nWarning: The migration 2_index/,
  );
  expect(
    await database.rows("SELECT FROM pg_attribute WHERE attrelid = 'items'::regclass AND attname = 'b'"),
  ).toEqual([]);

  const notes: string[] = [];
  await database.asOwner((client) =>
    migrate(client, [table, index], { note: (line) => void notes.push(line) }),
  );
  expect(notes).toEqual([WARNING]);
});

it("plans while another session holds the strongest lock on a table", async () => {
  await database.asOwner((client) => migrate(client, [table]));
  await database.asOwner(async (holder) => {
    await holder.query("BEGIN; LOCK TABLE items");
    const plan = await database.asOwner((client) => planUpgrade(client, [table, index]));
    expect(plan.migrations).toHaveLength(1);
    await holder.query("COMMIT");
  });
});

it("migrate --plan prints every migration of a new database, as text and as JSON, and creates nothing", async () => {
  const names = (await readMigrations()).map(({ name }) => name);
  const text = await command("--plan");
  expect(text).toMatchObject({ code: 0, err: "" });
  expect(names.filter((name) => !text.out.includes(name))).toEqual([]);
  const json = await command("--plan", "--json");
  const { migrations } = JSON.parse(json.out) as { migrations: { name: string; isMeasured: boolean }[] };
  expect(migrations.map(({ name }) => name)).toEqual(names);
  expect(migrations.every(({ isMeasured }) => isMeasured)).toBe(true);
  expect(await database.rows("SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace")).toEqual([]);
  const result = await command("--json");
  expect(JSON.parse(result.out)).toEqual({ applied: names, serverLogin: null, operatorLogin: null });
  expect(await command("--plan")).toMatchObject({ code: 0, out: "No migration is pending.\n" });
});

it("migrate --plan refuses what migrate refuses", async () => {
  await database.asOwner((client) => migrate(client, [table]));
  expect(await command("--plan")).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(
      /^PROJO_DATABASE_OWNER_URL: the database \w+ has the migrations of another application/,
    ),
  });
});

it("reads the flags, and rejects others with the usage", async () => {
  expect(readMigrateFlags([])).toEqual({ isPlan: false, isJson: false, lockWaitSeconds: 300 });
  expect(readMigrateFlags(["--plan", "--json"])).toMatchObject({ isPlan: true, isJson: true });
  expect(readMigrateFlags(["--lock-wait-seconds", "5"])).toMatchObject({ lockWaitSeconds: 5 });
  for (const args of [
    ["--lock-wait-seconds", "1.5"],
    ["--lock-wait-seconds=-1"],
    ["postgres://a:b@c/d"],
    ["--what"],
  ]) {
    expect(() => readMigrateFlags(args)).toThrow(MigrateFlagsError);
  }
  const wrong = await command("--what");
  expect(wrong).toMatchObject({ code: 2, out: "" });
  expect(wrong.err).toContain("Usage: migrate [--plan] [--json]");
});
