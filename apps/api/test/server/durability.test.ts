// F1 A server in production does not serve over a PostgreSQL that can lose acknowledged writes. Every database of the tests can.
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { connectionProblem } from "@projostack/db";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { inspectEnvironment } from "../../src/config/inspect-environment.ts";
import type { Check } from "../../src/doctor/check.ts";
import { runDoctor } from "../../src/doctor/run-doctor.ts";
import { call, startServerOver } from "../kit/index.ts";
import { newKey, production } from "../servers/production-server.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.owner(`ALTER DATABASE ${database.name} RESET synchronous_commit`));
afterAll(() => database.drop());

const inProduction = { ...production, PROJO_TOKEN_KEYS: `1:${newKey()}` };
const onStorage = { PROJO_DATABASE_DURABILITY: "storage" };
const start = (env: Readonly<Record<string, string>>) =>
  startServerOver(database, env, { checksDurability: true });

const LOSSY = "synchronous_commit is off and fsync is off and full_page_writes is off";

describe("F1 a PostgreSQL that can lose acknowledged writes", () => {
  it("production refuses it, with the settings and the next step", async () => {
    const failure = await start(inProduction).then(
      () => null,
      (error: unknown) => error,
    );
    expect(connectionProblem(failure, "DATABASE_URL")).toBe(
      "DATABASE_URL: PostgreSQL could lose acknowledged writes in a crash (A connection lacks settings that the server relies on: synchronous_commit is off instead of on or local or remote_write or remote_apply, fsync is off instead of on, full_page_writes is off instead of on). Correct these settings where they are set: in the address, for the login, for the database, or in PostgreSQL itself (docs/database-connections.md#durability).",
    );
  });

  it("a server outside production starts with a warning", async () => {
    const server = await start({});
    await server.close();
    expect(server.logLines.filter((line) => line.includes("could lose acknowledged writes"))).toEqual([
      expect.stringContaining(`${LOSSY} (docs/database-connections.md#durability)`),
    ]);
  });

  it("the doctor reports it", async () => {
    const check = async (env: Readonly<Record<string, string>>) => {
      const environment = { DATABASE_URL: database.url, ...env };
      const { output } = await runDoctor({ json: true }, () => inspectEnvironment(environment));
      const { checks } = JSON.parse(output) as { checks: Check[] };
      return checks.find(({ subject, name }) => subject === "DATABASE_URL" && name === "durability");
    };
    expect(await check(inProduction)).toMatchObject({
      status: "problem",
      message: expect.stringContaining(LOSSY) as string,
    });
    expect(await check({})).toMatchObject({ status: "warning" });
    await database.owner(`ALTER DATABASE ${database.name} SET synchronous_commit = local`);
    expect(await check({ ...inProduction, ...onStorage })).toMatchObject({ status: "ok" });
  });
});

it("F1 a server in production refuses new connections when the setting changes while it runs", async () => {
  await database.owner(`ALTER DATABASE ${database.name} SET synchronous_commit = on`);
  const server = await start({ ...inProduction, ...onStorage, PROJO_DATABASE_POOL: "3" });
  try {
    expect((await call(server.url, "system.health")).status).toBe(200);
    await database.owner(`ALTER DATABASE ${database.name} SET synchronous_commit = off`);
    // The connections of before end, as they do when the database restarts.
    await database.owner(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    const input = { email: "ada@example.com", password: "correct horse battery staple" };
    await expect.poll(async () => (await call(server.url, "auth.signUp", { input })).status).toBe(503);
    expect(server.logLines.some((line) => line.includes("unsafe_settings"))).toBe(true);
    expect(await database.owner("SELECT FROM users")).toEqual([]);
  } finally {
    await server.close();
  }
});
