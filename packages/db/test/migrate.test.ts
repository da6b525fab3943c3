// Each migration is applied once, by one of the concurrent servers, and completely or not at all.
import { createHash, createHmac, pbkdf2Sync, randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { checkLogin, checkOperatorLogin, migrate, openPool, prepareLogin, withOwner } from "../src/index.ts";
import { readMigrations, type Migration } from "../src/migrations/read-migrations.ts";
import { runMigrate } from "./kit/given-postgres.ts";

const { owner } = inject("cluster");
let name: string;
const asOwner = <T>(work: Parameters<typeof withOwner<T>>[1]) =>
  withOwner({ ...owner, database: name }, work);
const rows = (text: string, values: unknown[] = []) =>
  asOwner(async (client) => (await client.query(text, values)).rows as unknown[]);
const elsewhere = (text: string) =>
  withOwner({ ...owner, database: "postgres" }, (client) => client.query(text));
const migration = (id: string, sql: string): Migration => ({
  name: id,
  sql,
  checksum: createHash("sha256").update(sql).digest("hex"),
});
const first = migration("1_first", "CREATE TABLE first (id INT); -- ends in a comment");
const second = migration("2_second", "DO $$ BEGIN CREATE TABLE second (id INT); END; $$");

beforeEach(async () => {
  name = `projo_test_migrate_${randomUUID().slice(0, 8)}`;
  await elsewhere(`CREATE DATABASE ${name}`);
});
afterEach(async () => {
  await elsewhere(`DROP DATABASE ${name} WITH (FORCE)`);
});

describe("migrate", () => {
  it("applies the missing migrations in order, and none twice", async () => {
    expect(await asOwner((client) => migrate(client, [first]))).toEqual(["1_first"]);
    expect(await asOwner((client) => migrate(client, [first, second]))).toEqual(["2_second"]);
    expect(await asOwner((client) => migrate(client, [first, second]))).toEqual([]);
    expect(
      await rows("SELECT to_regclass('first') IS NOT NULL AND to_regclass('second') IS NOT NULL AS there"),
    ).toEqual([{ there: true }]);
  });

  it("applies each migration once when several servers start concurrently", async () => {
    const ran = await Promise.all(Array.from({ length: 8 }, () => asOwner((client) => migrate(client))));
    const ours = (await readMigrations()).map((one) => one.name);
    expect(ran.flat()).toEqual(ours);
    expect(await rows("SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1")).toEqual(
      ours.map((one) => ({ name: one })),
    );
  });

  it("records migrations as Prisma does", async () => {
    await asOwner((client) => migrate(client));
    const kept = await rows("SELECT * FROM _prisma_migrations");
    expect(kept).toEqual(
      (await readMigrations()).map((one) => ({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum: one.checksum,
        finished_at: expect.any(Date),
        migration_name: one.name,
        logs: null,
        rolled_back_at: null,
        started_at: expect.any(Date),
        applied_steps_count: 1,
      })),
    );
    expect(await rows("SELECT FROM _prisma_migrations WHERE finished_at < started_at")).toEqual([]);
  });

  it("rejects a migration that was edited after it was applied", async () => {
    await asOwner((client) => migrate(client, [first]));
    const edited = migration("1_first", "CREATE TABLE other (id INT)");
    await expect(asOwner((client) => migrate(client, [edited, second]))).rejects.toThrow(
      "1_first was edited after it was applied",
    );
    expect(await rows("SELECT to_regclass('second') AS there")).toEqual([{ there: null }]);
  });

  it("rolls back a migration that fails, names it, and keeps the earlier ones", async () => {
    const broken = migration("2_broken", "CREATE TABLE half (id INT); SELECT 1 / 0;");
    const failure = asOwner((client) => migrate(client, [first, broken, second]));
    await expect(failure).rejects.toThrow("The migration 2_broken failed and was undone: division by zero");
    expect(await rows("SELECT to_regclass('half') AS half, migration_name FROM _prisma_migrations")).toEqual([
      { half: null, migration_name: "1_first" },
    ]);
    expect(await asOwner((client) => migrate(client, [first, second]))).toEqual(["2_second"]);
  });

  it("rejects a database that is ahead of the build or has an unfinished migration", async () => {
    await asOwner((client) => migrate(client, [first, second]));
    await expect(asOwner((client) => migrate(client, [first]))).rejects.toThrow(
      "ahead of this build (2_second)",
    );
    await rows("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '2_second'");
    await expect(asOwner((client) => migrate(client, [first, second]))).rejects.toThrow(
      "2_second failed halfway",
    );
  });
});

describe("prepareLogin", () => {
  it("can be called concurrently", async () => {
    await asOwner((client) => migrate(client));
    const login = { user: `projo_made_${randomUUID().slice(0, 8)}`, password: "same" };
    await Promise.all(Array.from({ length: 8 }, () => asOwner((client) => prepareLogin(client, login))));
    expect(
      await rows("SELECT rolcanlogin, rolinherit FROM pg_roles WHERE rolname = $1", [login.user]),
    ).toEqual([{ rolcanlogin: true, rolinherit: false }]);
    await rows(`DROP ROLE ${login.user}`);
  });
});

describe("projostack migrate", () => {
  const password = `p@ss:${randomUUID()}`;
  const user = `projo_cli_${randomUUID().slice(0, 8)}`;

  function urlOf(login: { user: string; password?: string }): string {
    const url = new URL(`postgres://localhost:${owner.port}/${name}`);
    url.username = login.user;
    if (login.password !== undefined) url.password = encodeURIComponent(login.password);
    if (owner.host.startsWith("/")) url.searchParams.set("host", owner.host);
    else url.hostname = owner.host;
    return url.href;
  }

  it("migrates, creates a server's login that passes the check, and changes nothing at the second run", async () => {
    const env = { PROJO_DATABASE_OWNER_URL: urlOf(owner), DATABASE_URL: urlOf({ user, password }) };
    const ours = (await readMigrations()).map((one) => one.name).join(", ");
    const ready = `The login ${user} is ready. Start the server with DATABASE_URL.\n`;
    expect(await runMigrate(env)).toEqual({ code: 0, stdout: `Applied ${ours}.\n${ready}`, stderr: "" });
    expect(await runMigrate(env)).toEqual({
      code: 0,
      stdout: `The database is up to date.\n${ready}`,
      stderr: "",
    });

    const pool = openPool({ target: { connectionString: env.DATABASE_URL } });
    await expect(checkLogin(pool)).resolves.toBeUndefined();
    await pool.end();

    // On a socket PostgreSQL requires no password, so the test also computes the stored verifier (RFC 5803).
    const [kept] = (await rows("SELECT rolpassword AS verifier FROM pg_authid WHERE rolname = $1", [
      user,
    ])) as { verifier: string }[];
    const [, iterations = "", salt = "", storedKey] =
      /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(kept?.verifier ?? "") ?? [];
    const salted = pbkdf2Sync(password, Buffer.from(salt, "base64"), Number(iterations), 32, "sha256");
    const clientKey = createHmac("sha256", salted).update("Client Key").digest();
    expect(createHash("sha256").update(clientKey).digest("base64")).toBe(storedKey);
    await rows(`DROP OWNED BY ${user}`);
    await rows(`DROP ROLE ${user}`);
  });

  it.skipIf(owner.host.startsWith("/"))(
    "sets a password with which the login succeeds, and rejects any other",
    async () => {
      const env = { PROJO_DATABASE_OWNER_URL: urlOf(owner), DATABASE_URL: urlOf({ user, password }) };
      expect(await runMigrate(env)).toMatchObject({ code: 0 });
      const guess = openPool({ target: { connectionString: urlOf({ user, password: "guess" }) } });
      await expect(guess.query("SELECT 1")).rejects.toThrow("password authentication failed");
      await guess.end();
      await rows(`DROP ROLE ${user}`);
    },
  );

  it("creates the operator's login, which the server rejects, and reads every address from a file", async () => {
    const directory = await mkdtemp(join(tmpdir(), "projo-migrate-"));
    const operator = { user: `${user}_operator`, password: `p@ss:${randomUUID()}` };
    const addresses = {
      PROJO_DATABASE_OWNER_URL: urlOf(owner),
      DATABASE_URL: urlOf({ user, password }),
      PROJO_OPERATOR_DATABASE_URL: urlOf(operator),
    };
    const env: Record<string, string> = {};
    for (const [variable, address] of Object.entries(addresses)) {
      env[`${variable}_FILE`] = join(directory, variable);
      await writeFile(join(directory, variable), `${address}\n`, { mode: 0o600 });
    }
    const { code, stdout, stderr } = await runMigrate(env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(
      `The login ${operator.user} is ready. Run the operator's commands with PROJO_OPERATOR_DATABASE_URL.\n`,
    );
    const pool = openPool({ target: { connectionString: addresses.PROJO_OPERATOR_DATABASE_URL } });
    await expect(checkOperatorLogin(pool)).resolves.toBeUndefined();
    await expect(checkLogin(pool)).rejects.toThrow("may act as projo_operator");
    await pool.end();

    const same = await runMigrate({ ...addresses, PROJO_OPERATOR_DATABASE_URL: addresses.DATABASE_URL });
    expect(same).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^PROJO_OPERATOR_DATABASE_URL must name another user/),
    });
    const absent = await runMigrate({ ...env, DATABASE_URL_FILE: join(directory, "absent") });
    expect(absent).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^DATABASE_URL_FILE names the file .+ENOENT/),
    });
    await rm(directory, { recursive: true });
    for (const made of [user, operator.user]) await rows(`DROP OWNED BY ${made}; DROP ROLE ${made}`);
  });

  const secret = "hidden-word";
  it.each([
    ["the owner's address is missing", {}, "PROJO_DATABASE_OWNER_URL"],
    [
      "the owner's address is invalid",
      { PROJO_DATABASE_OWNER_URL: `postgres://o:${secret}@[bad/x` },
      "PROJO_DATABASE_OWNER_URL",
    ],
    [
      "the server's address would allow no TLS",
      { DATABASE_URL: `postgres://s:${secret}@db.example.com/x?sslmode=prefer` },
      "DATABASE_URL has an sslmode that does not verify the server",
    ],
    ["the server's address is invalid", { DATABASE_URL: `postgres://s:${secret}@[bad/x` }, "DATABASE_URL"],
    [
      "the server's address names no user",
      { DATABASE_URL: `postgres://:${secret}@localhost/x` },
      "DATABASE_URL",
    ],
    [
      "no PostgreSQL answers",
      { PROJO_DATABASE_OWNER_URL: `postgres://o:${secret}@localhost:1/x` },
      "ECONNREFUSED",
    ],
  ])("prints an error of one line without the password when %s", async (why, env, expected) => {
    const valid = why.startsWith("the server") ? { PROJO_DATABASE_OWNER_URL: urlOf(owner) } : {};
    const { code, stdout, stderr } = await runMigrate({ ...valid, ...env });
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain(expected);
    expect(stdout + stderr).not.toContain(secret);
  });
});
