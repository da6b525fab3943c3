/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// The doctor as a program: it reports what it finds in an environment, changes nothing, and prints no secret.
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import {
  createTestDatabase,
  hasPgBouncer,
  noPgBouncer,
  startPgBouncer,
  type TestDatabase,
} from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Check } from "../../src/doctor/check.ts";
import { inspectEnvironment } from "../../src/config/inspect-environment.ts";
import { runDoctor } from "../../src/doctor/run-doctor.ts";
import { startProgram } from "../kit/programs.ts";
import { startServerOver } from "../kit/index.ts";
import { exposed, newKey, production } from "../servers/production-server.ts";

const SECRET = "s3cret-word";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Runs the doctor in this process. @returns its checks by subject and name, and its exit code */
async function examine(env: Record<string, string>) {
  const { output, exitCode } = await runDoctor({ json: true }, () => inspectEnvironment(env));
  expect(output).not.toContain(SECRET);
  const { ok, checks } = JSON.parse(output) as { ok: boolean; checks: Check[] };
  expect(exitCode).toBe(ok ? 0 : 1);
  const found = new Map(
    checks.map(({ subject, name, status, message }) => [`${subject} ${name}`, `${status}: ${message}`]),
  );
  return { exitCode, found, checks };
}

describe("the doctor", () => {
  it("finds no problem in a working environment, and names every check", async () => {
    const { exitCode, found } = await examine({
      DATABASE_URL: database.url,
      PROJO_DATABASE_OWNER_URL: database.ownerUrl,
      PROJO_OPERATOR_DATABASE_URL: database.operatorUrl,
    });
    const logins = ["DATABASE_URL", "PROJO_DATABASE_OWNER_URL", "PROJO_OPERATOR_DATABASE_URL"];
    const common = ["connection", "database", "tls", "clock", "rights", "pooler"];
    const expected = logins.flatMap((login) => common.map((name) => `${login} ${name}`));
    expect([...found.keys()].toSorted()).toEqual(
      [
        "configuration settings",
        ...expected,
        "DATABASE_URL connections",
        "DATABASE_URL settings",
        "DATABASE_URL durability",
        "PROJO_OPERATOR_DATABASE_URL durability",
        "PROJO_OPERATOR_DATABASE_URL settings",
        "PROJO_DATABASE_OWNER_URL migrations",
      ].toSorted(),
    );
    // The databases of the tests lose writes in a crash: durability.test.ts.
    const others = [...found].filter(([name]) => !name.endsWith(" durability"));
    expect(others.filter(([, line]) => !line.startsWith("ok: "))).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it("reports each broken part, although the others are broken too", async () => {
    const { exitCode, found } = await examine({
      DATABASE_URL: `postgres://ada:${SECRET}@127.0.0.1:1/projo`,
      PROJO_DATABASE_OWNER_URL: `postgres://own:${SECRET}#@127.0.0.1:1/projo`,
      PROJO_OPERATOR_DATABASE_URL: `postgres://ops:${SECRET}@127.0.0.1:1/projo`,
      REDIS_URL: `redis://:${SECRET}@127.0.0.1:1`,
      PROJO_SMTP_URL: `smtp://ada:${SECRET}@127.0.0.1:1`,
      PROJO_DATABASE_POOL: "many",
      PROJO_TOKEN_KEYS: `1:${SECRET}`,
    });
    expect(exitCode).toBe(1);
    expect(found.get("DATABASE_URL connection")).toMatch(
      /^problem: no PostgreSQL answers there \(connect ECONNREFUSED/,
    );
    expect(found.get("PROJO_OPERATOR_DATABASE_URL connection")).toMatch(
      /^problem: no PostgreSQL answers there/,
    );
    expect(found.get("REDIS_URL connection")).toMatch(
      /^problem: Redis does not answer \(connect ECONNREFUSED 127\.0\.0\.1:1\)/,
    );
    expect(found.get("PROJO_SMTP_URL connection")).toMatch(
      /^problem: the mail server at 127\.0\.0\.1:1 cannot be used \(ESOCKET/,
    );
  });

  it("reports every invalid setting in a check of its own", async () => {
    const { checks } = await examine({
      DATABASE_URL: `postgres://ada:${SECRET}#@127.0.0.1:1/projo`,
      PORT: "http",
    });
    expect(
      checks.map(({ subject, status, message }) => `${subject} ${status} ${message.split(" ")[0]}`),
    ).toEqual(["configuration problem DATABASE_URL", "configuration problem PORT"]);
  });

  it("compares the environment with the servers that run", async () => {
    const own = await createTestDatabase();
    const keyed = { ...exposed, DATABASE_URL: own.url, PROJO_TOKEN_KEYS: `1:${newKey()}` };
    const server = await startServerOver(own, keyed);
    try {
      const same = await examine(keyed);
      expect(same.found.get("DATABASE_URL servers")).toBe(
        "ok: one server runs with this database. A second one needs REDIS_URL (docs/configuration.md#limits)",
      );
      expect(same.exitCode).toBe(0);
      const other = await examine({ ...keyed, PROJO_TOKEN_KEYS: `1:${newKey()}` });
      expect(other.found.get("DATABASE_URL servers")).toMatch(
        /^problem: PROJO_TOKEN_KEYS has another key with the kid 1 than the server on /,
      );
      const shared = await examine({ ...keyed, REDIS_URL: "redis://127.0.0.1:1" });
      expect(shared.found.get("DATABASE_URL servers")).toMatch(
        /^warning: REDIS_URL is set here, but not in /,
      );
      // The doctor is no server.
      expect(await own.owner("SELECT id FROM servers")).toHaveLength(1);
    } finally {
      await server.close();
      await own.drop();
    }
  });

  it("reports what production refuses, and warns about a server without PROJO_ENV", async () => {
    const zeros = `1:${"A".repeat(43)}`;
    const { found, checks } = await examine({
      ...production,
      PROJO_TOKEN_KEYS: zeros,
      DATABASE_URL: `postgres://ada:${SECRET}@192.0.2.1:1/projo?sslmode=disable&connect_timeout=1`,
      PROJO_COLOUR: "blue",
    });
    const settings = checks.filter(({ subject }) => subject === "configuration");
    expect(settings.map(({ status, message }) => `${status} ${message.split(" ")[0]}`)).toEqual([
      "problem PROJO_TOKEN_KEYS",
      "problem DATABASE_URL",
      "problem PROJO_COLOUR",
    ]);
    expect(found.size).toBeGreaterThan(1);
    const warned = await examine({ ...exposed, PROJO_TOKEN_KEYS: `1:${newKey()}` });
    expect(warned.found.get("configuration settings")).toMatch(
      /^warning: PROJO_ENV is not set, and HOST is 0\.0\.0\.0: .* Production would refuse PROJO_MAIL\.$/,
    );
  });

  it("reports rights, migrations and the wrong login", async () => {
    const { found } = await examine({
      DATABASE_URL: database.operatorUrl,
      PROJO_OPERATOR_DATABASE_URL: database.url,
      PROJO_DATABASE_OWNER_URL: database.url,
    });
    expect(found.get("DATABASE_URL rights")).toMatch(/^problem: .* may act as projo_operator/);
    expect(found.get("PROJO_OPERATOR_DATABASE_URL rights")).toMatch(/^problem: .* is not an operator's/);
    expect(found.get("PROJO_DATABASE_OWNER_URL rights")).toMatch(
      /^problem: the login \S+ may not create tables/,
    );

    const empty = new URL(database.ownerUrl);
    empty.pathname = "/postgres";
    const { found: unmigrated } = await examine({
      DATABASE_URL: database.url,
      PROJO_DATABASE_OWNER_URL: empty.href,
    });
    expect(unmigrated.get("PROJO_DATABASE_OWNER_URL migrations")).toMatch(
      /^problem: \d+ of this build are not applied: /,
    );
  });

  it("reports the settings that a login or a pooler changes", async () => {
    await database.owner(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database()); END $$`,
    );
    const { found } = await examine({ DATABASE_URL: database.url });
    expect(found.get("DATABASE_URL connection")).toMatch(
      /^problem: A connection lacks settings .*: session_replication_role is replica instead of origin/,
    );
    await database.owner(
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET session_replication_role', current_database()); END $$`,
    );
  });

  it.runIf(process.env["CI"])("the machine has a pgbouncer", () =>
    expect(hasPgBouncer, noPgBouncer).toBe(true),
  );

  it.skipIf(!hasPgBouncer)(`recognizes PgBouncer${hasPgBouncer ? "" : ` (${noPgBouncer})`}`, async () => {
    const bouncer = await startPgBouncer({ size: 3 });
    const DATABASE_URL = bouncer.urlOf(database.name);
    const { found } = await examine({ DATABASE_URL, PROJO_DATABASE_POOLER: "transaction" });
    expect(found.get("DATABASE_URL pooler")).toBe("ok: a pooler in transaction mode answers");
    const { found: unset } = await examine({ DATABASE_URL });
    expect(unset.get("DATABASE_URL connection")).toMatch(
      /^problem: a pooler answers there\. Set PROJO_DATABASE_POOLER/,
    );
    await bouncer.close();
    const { found: direct, exitCode } = await examine({
      DATABASE_URL: database.url,
      PROJO_DATABASE_POOLER: "transaction",
    });
    expect([exitCode, direct.get("DATABASE_URL pooler")]).toEqual([
      0,
      expect.stringMatching(/^warning: PostgreSQL itself answers/),
    ]);
  });

  it("ends in time when a database accepts connections and never answers", { timeout: 60_000 }, async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const { found } = await examine({
      DATABASE_URL: `postgres://ada:${SECRET}@127.0.0.1:${port}/projo`,
      PROJO_DATABASE_OWNER_URL: `postgres://ada:${SECRET}@127.0.0.1:${port}/projo`,
    });
    for (const setting of ["DATABASE_URL", "PROJO_DATABASE_OWNER_URL"]) {
      expect(found.get(`${setting} connection`)).toMatch(/^problem: no PostgreSQL answers there in time/);
    }
    silent.close();
  });
});

describe("the doctor's program", () => {
  async function run(args: string[], env: Record<string, string>) {
    const child = startProgram(args, { DATABASE_URL: undefined, ...env });
    const ended = once(child, "close");
    if (!child.stdout || !child.stderr) throw new Error("The program has no pipes.");
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = (await ended) as [number | null];
    return { out, err, code };
  }

  it("prints a line for each check and exits with 0 or 1", async () => {
    const good = await run(["doctor"], { DATABASE_URL: database.url });
    expect(good).toMatchObject({ code: 0, err: "" });
    expect(good.out).toMatch(/^ok +configuration settings +every setting is valid\n/);
    expect(good.out).toMatch(/\n\nNo problems\.\n$/);
    const bad = await run(["doctor"], { DATABASE_URL: `postgres://ada:${SECRET}@127.0.0.1:1/projo` });
    expect(bad).toMatchObject({ code: 1, err: "" });
    expect(bad.out).toMatch(/^problem +DATABASE_URL connection +no PostgreSQL answers there/m);
    expect(bad.out).toMatch(/\n\n1 problem\.\n$/);
    expect(bad.out).not.toContain(SECRET);
  });

  it("refuses an unknown command with exit code 2 and starts no server", async () => {
    expect(await run(["docter"], { DATABASE_URL: database.url })).toEqual({
      out: "",
      err: "Unknown command 'docter'. Did you mean doctor? See: projostack --help\n",
      code: 2,
    });
  });

  it("refuses an unknown option with exit code 2", async () => {
    expect(await run(["doctor", "--yaml"], {})).toEqual({
      out: "",
      err: "Unknown option '--yaml'. See: projostack doctor --help\n",
      code: 2,
    });
  });
});
