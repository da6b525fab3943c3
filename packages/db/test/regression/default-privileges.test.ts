// Services set default privileges: Supabase grants every right on new tables and functions to the roles of its public web API.
// Such roles must not get rights on the tables of ProjoStack.
import { afterAll, beforeAll, expect, it } from "vitest";
import { migrate, withOwner } from "../../src/index.ts";
import { readMigrations } from "../../src/migrations/read-migrations.ts";
import { passwordOf, setUp, startGivenPostgres, type GivenPostgres } from "../kit/given-postgres.ts";

const owner = "supplied_owner";
const server = "projo_server";

let postgres: GivenPostgres;
beforeAll(async () => {
  postgres = await startGivenPostgres();
});
afterAll(() => postgres.stop());

const environment = (database: string) => ({
  PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
  DATABASE_URL: postgres.urlOf(server, database),
});

/** The rights in the schema public of everyone but the owner, sorted. */
const RIGHTS = `
  SELECT identity || ' ' || grantee || ' ' || privilege AS granted FROM (
    SELECT c.relname::text AS identity, e.grantee::regrole::text AS grantee, e.privilege_type AS privilege
      FROM pg_class c, aclexplode(c.relacl) e WHERE c.relnamespace = 'public'::regnamespace AND e.grantee <> c.relowner
    UNION ALL
    SELECT p.oid::regprocedure::text, e.grantee::regrole::text, e.privilege_type
      FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) e WHERE p.pronamespace = 'public'::regnamespace AND e.grantee <> p.proowner
  ) AS rights ORDER BY 1`;

async function supplied(): Promise<string> {
  const database = await postgres.create({ owner, attributes: "CREATEROLE" });
  for (const role of ["anon", "authenticated", '"Service Role"']) await postgres.admin(`CREATE ROLE ${role}`);
  const defaults = `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT ALL ON`;
  for (const kind of ["TABLES", "SEQUENCES", "FUNCTIONS"]) {
    await postgres.admin(`${defaults} ${kind} TO anon, authenticated, "Service Role"`, database);
  }
  await postgres.admin(`${defaults} TABLES TO PUBLIC`, database);
  return database;
}

it("gives no right to the roles that default privileges name, and all rights to its own", async () => {
  const plain = await postgres.create({ owner, attributes: "CREATEROLE" });
  await setUp(environment(plain));
  const expected = await postgres.admin(RIGHTS, plain);
  expect(expected.length).toBeGreaterThan(20);
  const database = await supplied();
  expect(await setUp(environment(database))).toMatchObject({ code: 0, messages: "" });
  expect(await postgres.admin(RIGHTS, database)).toEqual(expected);
});

it("keeps the rights that an operator granted on existing tables", async () => {
  const database = await supplied();
  const migrations = await readMigrations();
  await postgres.admin("CREATE ROLE projo_tenant; CREATE ROLE projo_system; CREATE ROLE projo_operator");
  const owning = {
    host: "127.0.0.1",
    port: postgres.port,
    user: owner,
    password: passwordOf(owner),
    database,
  };
  await withOwner(owning, (client) => migrate(client, migrations.slice(0, -1)));
  await postgres.admin("GRANT SELECT ON tasks TO authenticated", database);
  await withOwner(owning, (client) => migrate(client));
  const rights = await postgres.admin<{ granted: string }>(RIGHTS, database);
  expect(rights.filter(({ granted }) => /anon|authenticated|Service/.test(granted))).toEqual([
    { granted: "tasks authenticated SELECT" },
  ]);
});

it("puts the tables into the schema public, whatever the owner's search path is", async () => {
  const database = await postgres.create({ owner, attributes: "CREATEROLE" });
  await postgres.admin(`CREATE SCHEMA ${owner} AUTHORIZATION ${owner}`, database);
  await postgres.admin(`ALTER ROLE ${owner} SET search_path = ${owner}, public`);
  await postgres.admin(`ALTER ROLE ${owner} SET standard_conforming_strings = off`);
  expect(await setUp(environment(database))).toMatchObject({ code: 0, messages: "" });
  expect(
    await postgres.admin(
      `SELECT relname FROM pg_class WHERE relnamespace = '${owner}'::regnamespace`,
      database,
    ),
  ).toEqual([]);
});

it("applies a migration that takes longer than the owner's statement timeout", async () => {
  const database = await postgres.create({ owner });
  await postgres.admin(`ALTER ROLE ${owner} SET statement_timeout = '500ms'`);
  const slow = { name: "1_slow", sql: "SELECT pg_sleep(1)", checksum: "0".repeat(64) };
  const owning = {
    host: "127.0.0.1",
    port: postgres.port,
    user: owner,
    password: passwordOf(owner),
    database,
  };
  expect(await withOwner(owning, (client) => migrate(client, [slow]))).toEqual(["1_slow"]);
});
