// `db:migrate` where it cannot work: one line that names the variable, what the database said, and the next step.
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startEmbeddedPostgres, withOwner } from "../../src/index.ts";
import { runMigrate, startGivenPostgres, type GivenPostgres } from "../kit/given-postgres.ts";
import { createTestDatabase, hasPgBouncer, noPgBouncer, startPgBouncer } from "../kit/index.ts";
import { startStandIn, type StandIn } from "../kit/service-stand-in.ts";

const owner = "refused_owner";

let postgres: GivenPostgres;
let database: string;
beforeAll(async () => {
  postgres = await startGivenPostgres();
  database = await postgres.create({ owner, attributes: "CREATEROLE" });
});
afterAll(() => postgres.stop());

/** Runs `db:migrate` with this owner. @returns its line on standard error */
async function refusalOf(
  PROJO_DATABASE_OWNER_URL: string,
  more: { DATABASE_URL?: string } = {},
): Promise<string> {
  const { code, stdout, stderr } = await runMigrate({ PROJO_DATABASE_OWNER_URL, ...more });
  expect({ code: code === 0 ? 0 : "refused", stdout }).toEqual({ code: "refused", stdout: "" });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+|-secret/);
  return stderr;
}

const owning = (change: (url: URL) => void): string => {
  const url = new URL(postgres.urlOf(owner, database));
  change(url);
  return url.href;
};

const asVersion14 = (sql: string): string =>
  sql
    .replace("current_setting('server_version_num')::int", "140012")
    .replace("current_setting('server_version')", "'14.12'");

describe("the address of the owner", () => {
  it.each<[what: string, change: (url: URL) => void, line: RegExp]>([
    [
      "a database that does not exist",
      (url) => (url.pathname = "/absent"),
      /: database "absent" does not exist\. .*CREATE DATABASE "absent" OWNER "refused_owner" ENCODING 'UTF8' TEMPLATE template0;/,
    ],
    [
      "a wrong password",
      (url) => (url.password = "wrong"),
      /password authentication failed for user "refused_owner"/,
    ],
    [
      "a user who does not exist",
      (url) => (url.username = "nobody_here"),
      /password authentication failed for user "nobody_here"/,
    ],
    ["no password", (url) => (url.password = ""), /password/],
    ["a port where nothing listens", (url) => (url.port = "1"), /ECONNREFUSED/],
    ["a host that does not exist", (url) => (url.hostname = "absent.invalid"), /absent\.invalid/],
    ["TLS where there is none", (url) => url.searchParams.set("sslmode", "require"), /TLS|SSL/],
  ])("names %s", async (_what, change, line) => {
    const said = await refusalOf(owning(change));
    expect(said).toMatch(/^PROJO_DATABASE_OWNER_URL:? /);
    expect(said).toMatch(line);
  });

  it("names too many connections of the owner", async () => {
    await postgres.admin(`ALTER ROLE ${owner} CONNECTION LIMIT 0`);
    const said = await refusalOf(postgres.urlOf(owner, database));
    await postgres.admin(`ALTER ROLE ${owner} CONNECTION LIMIT -1`);
    expect(said).toMatch(/^PROJO_DATABASE_OWNER_URL: .*too many connections for role "refused_owner"/);
  });

  it("names the user that it shares with the server's address", async () => {
    const same = postgres.urlOf(owner, database);
    expect(await refusalOf(same, { DATABASE_URL: same })).toMatch(
      /^DATABASE_URL must name another user than PROJO_DATABASE_OWNER_URL/,
    );
  });
});

describe("the database", () => {
  it("db:migrate refuses an encoding other than UTF-8, and prints the statement that creates a database", async () => {
    await postgres.admin(
      `CREATE DATABASE given_latin OWNER ${owner} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`,
    );
    const said = await refusalOf(postgres.urlOf(owner, "given_latin"));
    expect(said).toMatch(/^PROJO_DATABASE_OWNER_URL: .*LATIN1.*ENCODING 'UTF8' TEMPLATE template0/);
  });

  it("db:migrate refuses a database that is read-only for the owner", async () => {
    await postgres.admin(`ALTER ROLE ${owner} SET default_transaction_read_only = on`);
    const said = await refusalOf(postgres.urlOf(owner, database));
    await postgres.admin(`ALTER ROLE ${owner} RESET default_transaction_read_only`);
    expect(said).toMatch(
      /^PROJO_DATABASE_OWNER_URL: .*accepts no writes \(default_transaction_read_only is on\)/,
    );
  });

  it("db:migrate refuses a read-only replica", async () => {
    const directory = await mkdtemp(join(tmpdir(), "projo-replica-"));
    const start = () =>
      startEmbeddedPostgres({ dataDir: directory, transport: "tcp", settings: { fsync: "off" } });
    const primary = await start();
    const [data] = await withOwner(
      { ...primary.owner, database: "postgres" },
      async (client) =>
        (await client.query<{ directory: string }>("SELECT current_setting('data_directory') AS directory"))
          .rows,
    );
    await primary.stop();
    writeFileSync(join(data?.directory ?? "", "standby.signal"), "");
    const { owner: replica, stop } = await start();
    const said = await refusalOf(
      `postgres://${replica.user}:${replica.password}@127.0.0.1:${replica.port}/postgres`,
    );
    await stop();
    await rm(directory, { recursive: true });
    expect(said).toMatch(/^PROJO_DATABASE_OWNER_URL: a read-only replica .*primary/);
  });
});

describe("behind a proxy", () => {
  let service: StandIn;
  afterEach(() => service.close());

  it("names a version that is too old", async () => {
    service = await startStandIn({ to: { host: "127.0.0.1", port: postgres.port }, rewrite: asVersion14 });
    const said = await refusalOf(postgres.urlOf(owner, database, service.port));
    expect(said).toMatch(/^PROJO_DATABASE_OWNER_URL: PostgreSQL 14\.12 .*15 or newer/);
  });

  it("names a connection that ended during a migration, and continues there", async () => {
    service = await startStandIn({
      to: { host: "127.0.0.1", port: postgres.port },
      refuse: (sql) =>
        sql.includes("denials_by_actor")
          ? { code: "57P01", message: "terminating connection due to administrator command", isFatal: true }
          : null,
    });
    const { code, stderr } = await runMigrate({
      PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database, service.port),
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^PROJO_DATABASE_OWNER_URL: The connection broke during the migration \d+_denials_by_actor \(terminating[^\n]+continues where it stopped\.\n$/,
    );
    const { stdout } = await runMigrate({ PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database) });
    expect(stdout).toMatch(/^Applied \d+_denials_by_actor/);
  });
});

describe.skipIf(!hasPgBouncer && process.env["CI"] !== "true")(
  `behind PgBouncer${hasPgBouncer ? "" : ` (${noPgBouncer})`}`,
  () => {
    it.each(["transaction", "statement"] as const)(
      "refuses a pooler in %s mode and leaves no lock in it",
      async (mode) => {
        const shared = await createTestDatabase();
        const bouncer = await startPgBouncer({ size: 3, mode });
        const said = await refusalOf(bouncer.urlOf(shared.name));
        const locks = await shared.owner("SELECT FROM pg_locks WHERE locktype = 'advisory'");
        await bouncer.close();
        await shared.drop();
        expect(said).toMatch(
          /^PROJO_DATABASE_OWNER_URL: a pooler in transaction mode .*Name PostgreSQL itself/,
        );
        expect(locks).toEqual([]);
      },
    );

    it("accepts a pooler in session mode", async () => {
      const shared = await createTestDatabase();
      const bouncer = await startPgBouncer({ size: 3, mode: "session" });
      const said = await refusalOf(bouncer.urlOf(shared.name));
      await bouncer.close();
      await shared.drop();
      // The login of the pooler in this test is not the owner's.
      expect(said).toMatch(/the tables of the database \w+ belong to the role/);
    });
  },
);
