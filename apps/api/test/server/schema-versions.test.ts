// A server and a database of different builds: in the middle of a rollout, after a roll back, and before the migration.
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkOwner } from "../../src/doctor/check-database.ts";
import { startProblem } from "../../src/start-problem.ts";
import { readPostgresAddress } from "@projostack/db";
import { startServerOver } from "../kit/index.ts";

const NEWER = "29990101000000_newer";

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** Records a migration as applied, as a newer build does. */
const applyNewer = () =>
  database.owner(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('newer', '', $1, now())`,
    [NEWER],
  );
const requireNewer = () => database.owner("INSERT INTO required_migrations VALUES ($1, $1)", [NEWER]);

const problemOf = async (env: Record<string, string> = {}): Promise<string> => {
  const problem = await startServerOver(database, env).then(async (server) => {
    await server.close();
    return "The server started.";
  }, startProblem);
  expect(problem.split("\n")).toHaveLength(1);
  return problem;
};
const migrationCheck = async () => {
  const address = readPostgresAddress(database.ownerUrl);
  const setting = "PROJO_DATABASE_OWNER_URL";
  const checks = await checkOwner({
    setting,
    address,
    isPooled: false,
    poolSize: 1,
    durability: "postgres",
    isProduction: false,
    compared: null,
  });
  return checks.find(({ name }) => name === "migrations");
};

it.each([
  ["without the owner's address", false],
  ["with the owner's address, with which it migrates", true],
])("F14 a server that restarts on a newer database serves with a warning, %s", async (_how, hasOwner) => {
  await applyNewer();
  const server = await startServerOver(
    database,
    hasOwner ? { PROJO_DATABASE_OWNER_URL: database.ownerUrl } : {},
  );
  const warning = `The database is ahead of this build, which may still serve it (${NEWER}). Complete the upgrade to the newer build (docs/operating/upgrade.md).`;
  expect(server.logLines.filter((line) => line.includes(warning))).toHaveLength(1);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  await server.close();
  expect(await migrationCheck()).toMatchObject({ status: "warning", message: warning });
});

it.each([
  ["without the owner's address", false],
  ["with the owner's address", true],
])(
  "F14 a server that is too old for the database refuses to start, in one line, %s",
  async (_how, hasOwner) => {
    await applyNewer();
    await requireNewer();
    expect(await problemOf(hasOwner ? { PROJO_DATABASE_OWNER_URL: database.ownerUrl } : {})).toBe(
      `This build is too old for the database: a later migration removed what builds without the migration ${NEWER} use. Start a newer build (docs/operating/upgrade.md).`,
    );
    expect(await migrationCheck()).toMatchObject({
      status: "problem",
      message: expect.stringContaining("too old for the database"),
    });
  },
);

it("a server refuses to start before its migrations are applied", async () => {
  const [last] = await database.owner<{ name: string }>(
    "SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1 DESC LIMIT 1",
  );
  await database.owner("DELETE FROM _prisma_migrations WHERE migration_name = $1", [last?.name]);
  expect(await problemOf()).toBe(
    `The database lacks 1 of the migrations of this build (${last?.name}). Run \`projostack migrate\` first (docs/operating/upgrade.md).`,
  );
});
