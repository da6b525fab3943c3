// A database that is ahead of a build: the build serves it with a warning, unless a migration removed what the build uses.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { checkSchema, migrate, openPool, prepareLogin, type ServerPool } from "../../src/index.ts";
import { migrationState } from "../../src/migrations/migration-state.ts";
import { type Migration, readMigrations } from "../../src/migrations/read-migrations.ts";
import { createEmptyDatabase, type EmptyDatabase } from "../kit/empty-database.ts";
import { migrationOf } from "./planted-migration.ts";

const ours = await readMigrations();
/** The migration that adds the check. */
const CHECK = "20261129112000_required_migrations";
const later = migrationOf("3_later", "ALTER TABLE tasks ADD COLUMN later TEXT");
const contracting = migrationOf(
  "4_contracting",
  "-- serves-from: 3_later\nALTER TABLE tasks DROP COLUMN later",
);

let database: EmptyDatabase;
let pool: ServerPool;
const user = `projo_oldest_${randomUUID().slice(0, 8)}`;
const applied = (migrations: readonly Migration[]) =>
  database.asOwner((client) => migrate(client, migrations));
const without = (name: string) => ours.filter((one) => one.name !== name);

beforeAll(async () => {
  const { owner, server } = inject("cluster");
  database = await createEmptyDatabase();
  await applied(ours.filter(({ name }) => name < CHECK));
  await database.asOwner((client) => prepareLogin(client, { user, password: server.password }));
  const { host, port } = owner;
  pool = openPool({
    target: { host, port, user, password: server.password, database: database.name },
    max: 2,
  });
});
afterAll(async () => {
  await pool?.end();
  await database.rows(`DROP OWNED BY ${user}; DROP ROLE ${user}`);
  await database.drop();
});

it("refuses to serve a database that lacks migrations of the build", async () => {
  const next = "Run `projostack migrate` first (docs/operating/upgrade.md).";
  await expect(checkSchema(pool)).rejects.toThrow(`The database lacks migrations of this build. ${next}`);
  await applied(ours);
  expect(await checkSchema(pool)).toEqual([]);
  await expect(checkSchema(pool, [...ours, later])).rejects.toThrow(
    `The database lacks 1 of the migrations of this build (3_later). ${next}`,
  );
});

it("serves a database that is ahead, and names the newer migrations for the warning", async () => {
  expect(await applied([...ours, later])).toEqual(["3_later"]);
  expect(await checkSchema(pool)).toEqual(["3_later"]);
  // The server may have the owner's address, and then migrates when it starts.
  expect(await applied(ours)).toEqual([]);
  expect(await database.asOwner(migrationState)).toMatchObject({ unknown: ["3_later"], refusal: null });
});

it("refuses a build that is too old, in one line, and still serves with the oldest allowed build", async () => {
  expect(await applied([...ours, later, contracting])).toEqual(["4_contracting"]);
  const tooOld =
    /^This build is too old for the database: .* without the migration 3_later use\. Start a newer build[^\n]*$/;
  await expect(checkSchema(pool)).rejects.toThrow(tooOld);
  await expect(applied(ours)).rejects.toThrow(tooOld);
  const state = await database.asOwner(migrationState);
  expect(state.refusal).toMatch(tooOld);
  expect(await checkSchema(pool, [...ours, later])).toEqual(["4_contracting"]);
  expect(await applied([...ours, later])).toEqual([]);
});

it("refuses a build from before the first release", async () => {
  const first = "20261129090000_replaced_search_indexes";
  await expect(checkSchema(pool, [...without(first), later])).rejects.toThrow(
    "This build is too old for the database",
  );
});

it("refuses to combine the migrations of two builds that have diverged", async () => {
  const other = migrationOf("5_other", "CREATE TABLE other (id INT)");
  await expect(applied([...ours, later, other])).rejects.toThrow(
    "has migrations of another build (4_contracting) and lacks migrations of this one (5_other)",
  );
});

it("refuses a declaration that names no earlier migration, before it applies any", async () => {
  const wrong = migrationOf("6_wrong", "-- serves-from: 7_unknown\nCREATE TABLE wrong (id INT)");
  await expect(applied([...ours, later, contracting, wrong])).rejects.toThrow(
    'The migration 6_wrong declares "serves-from: 7_unknown", which names no earlier migration',
  );
  expect(await database.rows("SELECT to_regclass('wrong') AS made")).toEqual([{ made: null }]);
});
