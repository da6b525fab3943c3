// A set-up that was interrupted is completed by running it again.
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkLogin, openPool } from "../../src/index.ts";
import { readMigrations } from "../../src/migrations/read-migrations.ts";
import { setUp, startGivenPostgres, type GivenPostgres, type SetupResult } from "../kit/given-postgres.ts";
import { bySuite, LONG_TEST_MS } from "../kit/index.ts";
import { startStandIn } from "../kit/service-stand-in.ts";

const owner = "interrupted_owner";
const server = "projo_server";

let postgres: GivenPostgres;
beforeAll(async () => {
  postgres = await startGivenPostgres();
});
afterAll(() => postgres.stop());

const DONE: SetupResult = { code: 0, sql: "", messages: "" };

async function expectComplete(database: string): Promise<void> {
  const pool = openPool({ target: { connectionString: postgres.urlOf(server, database) }, max: 1 });
  await expect(checkLogin(pool)).resolves.toBeUndefined();
  await pool.end();
  const names = (await readMigrations()).map(({ name }) => name);
  expect(
    await postgres.admin(
      "SELECT migration_name AS name FROM _prisma_migrations ORDER BY started_at",
      database,
    ),
  ).toEqual(names.map((name) => ({ name })));
}

// In parts, because each statement costs two set-ups. The last part ends when no statement is left.
it.each([
  { part: "1 to 15", from: 1, to: 15 },
  { part: "16 to 30", from: 16, to: 30 },
  { part: "31 to 45", from: 31, to: 45 },
  { part: "46 to the last", from: 46, to: Infinity },
])(
  "completes a set-up whose connection ended before the answer to a statement: $part",
  async ({ from, to }) => {
    // The short suite ends the connection at every fifth statement, the full suite at each.
    const step = bySuite({ short: 5, full: 1 });
    let isWhole = false;
    let statements = 0;
    for (let cutAt = from; cutAt <= to && !isWhole; cutAt += step) {
      const database = await postgres.create({ owner, attributes: "CREATEROLE" });
      const env = {
        PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
        DATABASE_URL: postgres.urlOf(server, database),
      };
      const service = await startStandIn({ to: { host: "127.0.0.1", port: postgres.port }, cutAt });
      const through = { ...env, PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database, service.port) };
      const outcome = await setUp(through).catch((error: unknown) => String(error));
      statements = service.statements.length;
      isWhole = statements < cutAt;
      await service.close();
      expect(isWhole ? outcome : DONE, `statement ${cutAt}`).toEqual(DONE);
      expect(await setUp(env), `after statement ${cutAt}`).toMatchObject({ code: 0 });
      await expectComplete(database);
    }
    expect(isWhole).toBe(to === Infinity);
    // The checks, the roles, the login, and each migration.
    const fewest = (await readMigrations()).length + 8;
    expect(statements).toBeGreaterThan(isWhole ? fewest : 0);
  },
  LONG_TEST_MS,
);

it("lets one of two set-ups at the same time wait, and says so", async () => {
  const database = await postgres.create({ owner, attributes: "CREATEROLE" });
  const env = {
    PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
    DATABASE_URL: postgres.urlOf(server, database),
  };
  const results = await Promise.all([setUp(env), setUp(env), setUp(env)]);
  for (const { code, messages } of results) {
    expect(code).toBe(0);
    expect(["", "Another session is migrating this database. Waiting until it has finished."]).toContain(
      messages,
    );
  }
  expect(results.some(({ messages }) => messages !== "")).toBe(true);
  await expectComplete(database);
});

it("uses an empty history, as a client of Prisma leaves it", async () => {
  const database = await postgres.create({ owner, attributes: "CREATEROLE" });
  await postgres.admin(
    `CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
       migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
       started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0);
     ALTER TABLE _prisma_migrations OWNER TO ${owner}`,
    database,
  );
  const env = {
    PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database),
    DATABASE_URL: postgres.urlOf(server, database),
  };
  expect(await setUp(env)).toMatchObject({ code: 0 });
  await expectComplete(database);
});
