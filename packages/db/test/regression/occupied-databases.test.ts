// A database that contains something else is refused, and nothing in it is changed.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMigrate, setUp, startGivenPostgres, type GivenPostgres } from "../kit/given-postgres.ts";

const owner = "careful_owner";
const server = "projo_server";

let postgres: GivenPostgres;
beforeAll(async () => {
  postgres = await startGivenPostgres();
});
afterAll(() => postgres.stop());

const PRISMA = `CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/** The objects, their columns and rights, and every role of the server. */
const CONTENT = `
  SELECT c.relname, c.relkind, c.relacl::text, pg_get_userbyid(c.relowner) AS owner, n.nspacl::text, d.datacl::text,
         (SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute a WHERE a.attrelid = c.oid) AS columns,
         (SELECT string_agg(rolname, ',' ORDER BY rolname) FROM pg_roles) AS roles
    FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
         CROSS JOIN (SELECT datacl FROM pg_database WHERE datname = current_database()) AS d
   WHERE n.nspname = 'public' ORDER BY 1`;

const environment = (database: string) => ({
  PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
  DATABASE_URL: postgres.urlOf(server, database),
});

/** Runs the statements as the owner. */
async function occupied(...statements: string[]): Promise<string> {
  const database = await postgres.create({ owner, attributes: "CREATEROLE" });
  await postgres.admin(`SET ROLE ${owner}; ${statements.join("; ")}`, database);
  return database;
}

describe("a database of another application", () => {
  it.each([
    [
      "tables of other names",
      ["CREATE TABLE customers (id INT)", "CREATE VIEW paying AS SELECT 1 AS id"],
      /contains (?:other )?tables.*customers/,
    ],
    ["a table of the same name", ["CREATE TABLE users (id INT, name TEXT)"], /other tables \(users\)/],
    ["only a view", ["CREATE VIEW tasks AS SELECT 1 AS id"], /other tables \(tasks\)/],
    [
      "another history of Prisma",
      [
        PRISMA,
        "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('1', 'c', '20200101000000_init')",
      ],
      /migrations of another application .*\(20200101000000_init\)/,
    ],
    [
      "a table _prisma_migrations of another form",
      ["CREATE TABLE _prisma_migrations (note TEXT)"],
      /another application/,
    ],
    ["our tables and an empty history", [PRISMA, "CREATE TABLE users (id INT)"], /other tables \(users\)/],
  ])("is refused in one line when it has %s", async (_what, statements, message) => {
    const database = await occupied(...statements);
    const before = await postgres.admin(CONTENT, database);
    expect(before).not.toEqual([]);
    const refused = await setUp(environment(database));
    expect(refused).toMatchObject({ code: 1, sql: "", messages: expect.stringMatching(message) });
    expect(refused.messages).toMatch(/^PROJO_DATABASE_OWNER_URL: [^\n]+$/);
    expect(await postgres.admin(CONTENT, database)).toEqual(before);
  });

  it("db:migrate accepts a database that has only objects of an extension", async () => {
    const database = await postgres.create({ owner, attributes: "CREATEROLE" });
    const [available] = await postgres.admin(
      "SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements'",
    );
    expect(available, "PostgreSQL comes with pg_stat_statements").toBeDefined();
    await postgres.admin("CREATE EXTENSION pg_stat_statements", database);
    // As PostGIS does.
    await postgres.admin("CREATE TABLE spatial_ref_sys (srid INT)", database);
    await postgres.admin("ALTER EXTENSION pg_stat_statements ADD TABLE spatial_ref_sys", database);
    expect(await setUp(environment(database))).toMatchObject({ code: 0 });
  });
});

describe("a database of ProjoStack", () => {
  it("db:migrate refuses another owner, and names the login to use", async () => {
    const database = await postgres.create({ owner, attributes: "CREATEROLE" });
    expect(await setUp(environment(database))).toMatchObject({ code: 0 });
    await postgres.admin("CREATE ROLE other_owner LOGIN PASSWORD 'other_owner-secret'");
    await postgres.admin("GRANT CREATE ON SCHEMA public TO other_owner", database);
    const refused = await runMigrate({
      ...environment(database),
      PROJO_DATABASE_OWNER_URL: postgres.urlOf("other_owner", database),
    });
    expect(refused).toEqual({
      code: 1,
      stdout: "",
      stderr: `PROJO_DATABASE_OWNER_URL: the tables of the database ${database} belong to the role ${owner}. Set PROJO_DATABASE_OWNER_URL to that login.\n`,
    });
  });

  it("keeps the tables that its operator added", async () => {
    const database = await postgres.create({ owner, attributes: "CREATEROLE" });
    await setUp(environment(database));
    await postgres.admin("CREATE TABLE reports (id INT)", database);
    expect(await setUp(environment(database))).toMatchObject({ code: 0 });
    expect(await postgres.admin("SELECT FROM reports", database)).toEqual([]);
  });
});
