// Each failure at the start names the setting, what the database said, and the next step, in one line without a stack.
import { randomUUID } from "node:crypto";
import { withOwner } from "@projostack/db";
import {
  createTestDatabase,
  hasOpenssl,
  hasPgBouncer,
  noOpenssl,
  noPgBouncer,
  startOwnPostgres,
  startPgBouncer,
  startTlsPostgres,
  type OwnPostgres,
  type TestDatabase,
  type TlsPostgres,
} from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProblem } from "../../src/start-problem.ts";
import { refusal, startFakeService } from "../kit/fake-services.ts";
import { startServerOver } from "../kit/index.ts";

const SECRET = "s3cret-word";

let database: TestDatabase;
let own: OwnPostgres;
beforeAll(async () => {
  [database, own] = await Promise.all([createTestDatabase(), startOwnPostgres()]);
});
afterAll(async () => {
  await Promise.all([database.drop(), own.drop()]);
});

/** Starts a server, which must fail. @returns its message */
async function problemOf(env: Record<string, string>): Promise<string> {
  const starting = startServerOver(database, env);
  const problem = await starting.then(async (server) => {
    await server.close();
    return "The server started.";
  }, startProblem);
  expect(problem.split("\n")).toHaveLength(1);
  expect(problem).not.toContain(SECRET);
  expect(problem).not.toMatch(/\n\s+at /);
  return problem;
}

const at = (port: number, parameters = "") => `postgres://ada:${SECRET}@127.0.0.1:${port}/projo${parameters}`;

const changed = (address: string, change: (url: URL) => void): string => {
  const url = new URL(address);
  change(url);
  return url.href;
};

describe("the address", () => {
  it.each([
    [
      "the host name does not exist",
      {
        DATABASE_URL: `postgres://ada:${SECRET}@db.invalid/projo?sslmode=disable`,
        PROJO_TOKEN_KEYS: "auto",
        PROJO_MAIL: "files",
      },
      /^DATABASE_URL: the host name (?:is unknown \(getaddrinfo ENOTFOUND|could not be looked up \(getaddrinfo EAI_AGAIN) db\.invalid\)\. /,
    ],
    [
      "nothing listens on the port",
      { DATABASE_URL: at(1) },
      /^DATABASE_URL: no PostgreSQL answers there \(connect ECONNREFUSED 127\.0\.0\.1:1\)\. Start it, or correct the host and port\.$/,
    ],
    [
      "nothing listens on the port of a name with several addresses",
      { DATABASE_URL: `postgres://ada:${SECRET}@localhost:1/projo` },
      /^DATABASE_URL: no PostgreSQL answers there \(connect ECONNREFUSED (?:::1|127\.0\.0\.1):1\)\. Start it/,
    ],
    [
      "the socket does not exist",
      { DATABASE_URL: `postgres://ada:${SECRET}@/projo?host=/nowhere` },
      /^DATABASE_URL: no PostgreSQL answers there \(connect ENOENT \/nowhere\/\.s\.PGSQL\.5432\)\. Start it, or correct the directory/,
    ],
    [
      "a certificate file is missing",
      { DATABASE_URL: at(1, "?sslmode=verify-full&sslrootcert=/nowhere/ca.pem") },
      /^DATABASE_URL names the file \/nowhere\/ca\.pem as sslrootcert, which cannot be read \(ENOENT\)\.$/,
    ],
    [
      "the owner's certificate file is missing",
      { PROJO_DATABASE_OWNER_URL: at(1, "?sslcert=/nowhere/c.pem&sslkey=/nowhere/c.key") },
      /^PROJO_DATABASE_OWNER_URL names the file \/nowhere\/c\.pem as sslcert, which cannot be read \(ENOENT\)\.$/,
    ],
    [
      "the owner's address is wrong",
      { PROJO_DATABASE_OWNER_URL: at(1) },
      /^PROJO_DATABASE_OWNER_URL: no PostgreSQL answers there \(connect ECONNREFUSED 127\.0\.0\.1:1\)/,
    ],
    [
      "the owner's address is that of a pooler",
      { PROJO_DATABASE_OWNER_URL: at(1, "?pgbouncer=true") },
      /^PROJO_DATABASE_OWNER_URL has pgbouncer=true, but a migration needs a session of its own\./,
    ],
    [
      "a pooler gets startup options",
      { DATABASE_URL: at(1, "?pgbouncer=true&options=-c%20geqo%3Doff") },
      /^DATABASE_URL has options, which a pooler in transaction mode does not accept\./,
    ],
  ])("%s", async (_, env, expected) => {
    expect(await problemOf(env)).toMatch(expected);
  });
});

describe("a service that is not PostgreSQL", () => {
  const mysql = Buffer.concat([Buffer.from([0x4a, 0, 0, 0, 0x0a]), Buffer.from("8.0.39\0")]);
  it.each([
    ["an HTTP server", { answer: () => "HTTP/1.1 400 Bad Request\r\n\r\n" }, "an HTTP server"],
    ["MySQL", { greeting: mysql }, "MySQL or MariaDB"],
    [
      "MySQL whose first byte looks like PostgreSQL's",
      { greeting: Buffer.concat([Buffer.from([0x52, 0, 0, 0, 0x0a]), mysql]) },
      "MySQL or MariaDB",
    ],
    ["Redis", { answer: () => "-ERR Protocol error\r\n" }, "Redis or a similar server"],
    ["an SSH server", { greeting: "SSH-2.0-OpenSSH_9.2\r\n" }, "an SSH server"],
    ["a mail server", { greeting: "220 mail.example.com ESMTP\r\n" }, "a mail or file server"],
    [
      "a TLS server",
      { answer: () => Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46]) },
      "a server that expects TLS at once",
    ],
    ["an echo server", { answer: (request: Buffer) => request }, "another service"],
  ])("%s", async (_, behaviour, name) => {
    const service = await startFakeService(behaviour);
    for (const parameters of ["", "?sslmode=verify-full"]) {
      const expected = `(${name}). Correct the host and port.`;
      for (const setting of ["DATABASE_URL", "PROJO_DATABASE_OWNER_URL"]) {
        expect(await problemOf({ [setting]: at(service.port, parameters) })).toBe(
          `${setting}: the service there is not PostgreSQL ${expected}`,
        );
      }
    }
    service.close();
  });

  it("a service that accepts the connection and never answers", { timeout: 30_000 }, async () => {
    const silent = await startFakeService({});
    for (const setting of ["DATABASE_URL", "PROJO_DATABASE_OWNER_URL"]) {
      expect(await problemOf({ [setting]: at(silent.port) })).toMatch(
        new RegExp(
          `^${setting}: no PostgreSQL answers there in time\\. Start it, or correct the host and port`,
        ),
      );
    }
    silent.close();
  });

  it("a PostgreSQL that asks for GSSAPI", async () => {
    const service = await startFakeService({ answer: () => Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 7]) });
    expect(await problemOf({ DATABASE_URL: at(service.port) })).toBe(
      "DATABASE_URL: PostgreSQL asks this login for an authentication that the server does not support, such as GSSAPI. Let pg_hba.conf use scram-sha-256 for this login.",
    );
    service.close();
  });

  it("a service that closes the connection", async () => {
    const closing = await startFakeService({ answer: () => "" });
    expect(await problemOf({ DATABASE_URL: at(closing.port) })).toMatch(
      /^DATABASE_URL: the connection was closed before the login/,
    );
    closing.close();
  });
});

describe("a PostgreSQL or pooler that refuses the connection", () => {
  it.each([
    [
      "57P03",
      "the database system is starting up",
      "PostgreSQL is not ready (the database system is starting up). Wait a moment",
    ],
    [
      "57P03",
      "the database system is shutting down",
      "PostgreSQL is not ready (the database system is shutting down). Wait a moment",
    ],
    ["57P03", "the database system is not accepting connections", "PostgreSQL is not ready"],
    [
      "53300",
      "sorry, too many clients already",
      "PostgreSQL has no connection left for this login (sorry, too many clients already). Raise max_connections",
    ],
    [
      "53300",
      "remaining connection slots are reserved for roles with the SUPERUSER attribute",
      "PostgreSQL has no connection left for this login",
    ],
    [
      "53100",
      "could not write init file: No space left on device",
      "the disk of PostgreSQL is full (could not write init file",
    ],
    [
      "28000",
      'no pg_hba.conf entry for host "10.0.0.1", user "ada", database "projo", no encryption',
      "PostgreSQL does not accept this login without TLS (no pg_hba.conf entry",
    ],
    [
      "28000",
      'no pg_hba.conf entry for host "10.0.0.1", user "ada", database "projo", SSL encryption',
      "PostgreSQL does not accept this login from this machine (no pg_hba.conf entry",
    ],
    [
      "28000",
      "connection is insecure (try using `sslmode=require`)",
      "PostgreSQL does not accept this login without TLS",
    ],
    [
      "08P01",
      "SSL required",
      "PostgreSQL does not accept this login without TLS (SSL required). Add sslmode=verify-full",
    ],
    [
      "28000",
      'Peer authentication failed for user "ada"',
      "PostgreSQL identifies the login by the user of this process",
    ],
    [
      "28000",
      'role "ada" does not exist',
      'PostgreSQL refuses the login (role "ada" does not exist). Correct the user and password',
    ],
    ["XX000", "Tenant or user not found", "PostgreSQL refuses the login (Tenant or user not found)"],
    [
      "28P01",
      'password authentication failed for user "ada"',
      "PostgreSQL refuses the login (password authentication failed",
    ],
    [
      "3D000",
      'database "projo" does not exist',
      'database "projo" does not exist. Create it, or correct the name.',
    ],
    [
      "08P01",
      "no such database: projo",
      "the pooler does not know the database (no such database: projo). Add it",
    ],
    [
      "42501",
      'permission denied for database "projo"',
      "PostgreSQL refuses the login (permission denied for database",
    ],
    ["08P01", "no more connections allowed (max_client_conn)", "the pooler has no connection left"],
    [
      "08P01",
      "server login has been failing, try again later (server_login_retry)",
      "the pooler there cannot connect to PostgreSQL",
    ],
    [
      "08P01",
      "unsupported startup parameter: options",
      "a pooler answers there. Set PROJO_DATABASE_POOLER=transaction (docs/configuration.md).",
    ],
    [
      "55000",
      'database "projo" is not currently accepting connections',
      "the database accepts no connections (database",
    ],
    [
      "58P01",
      "could not access file",
      "PostgreSQL or a pooler there refuses this (could not access file). See its log.",
    ],
    [
      "0A000",
      "unsupported frontend protocol 3.0: server supports 1.0 to 2.0",
      "the server there does not know what PostgreSQL 15 knows",
    ],
  ])("%s %s", async (code, message, expected) => {
    const service = await startFakeService({ answer: () => refusal(code, message) });
    expect((await problemOf({ DATABASE_URL: at(service.port) })).slice(0, 14 + expected.length)).toBe(
      `DATABASE_URL: ${expected}`,
    );
    expect(await problemOf({ PROJO_DATABASE_OWNER_URL: at(service.port) })).toContain(
      `PROJO_DATABASE_OWNER_URL: ${expected}`,
    );
    service.close();
  });
});

describe("a real PostgreSQL", () => {
  const problems = [
    [
      "the password is wrong",
      () => ({ DATABASE_URL: changed(own.url, (url) => (url.password = SECRET)) }),
      /^DATABASE_URL: PostgreSQL refuses the login \(password authentication failed .*\)\. Correct the user and password.* write # as %23/,
    ],
    [
      "the owner's password is wrong",
      () => ({
        DATABASE_URL: own.url,
        PROJO_DATABASE_OWNER_URL: changed(own.ownerUrl, (url) => (url.password = SECRET)),
      }),
      /^PROJO_DATABASE_OWNER_URL: PostgreSQL refuses the login \(password authentication failed/,
    ],
    [
      "the address has no password",
      () => ({ DATABASE_URL: changed(own.url, (url) => (url.password = "")) }),
      /^DATABASE_URL: PostgreSQL requires a password, and the address has none\. Write it after the user/,
    ],
    [
      "TLS is required and PostgreSQL has none",
      () => ({ DATABASE_URL: changed(own.url, (url) => (url.search = "?sslmode=verify-full")) }),
      /^DATABASE_URL: PostgreSQL speaks no TLS there\. Switch it on, or put sslmode=disable/,
    ],
    [
      "the database does not exist",
      () => ({ DATABASE_URL: changed(own.url, (url) => (url.pathname = "/absent")) }),
      /^DATABASE_URL: database "absent" does not exist\. Create it, or correct the name\.$/,
    ],
    [
      "the database is empty",
      () => ({ DATABASE_URL: changed(own.url, (url) => (url.pathname = "/empty")) }),
      /^DATABASE_URL: The database login projo_server finds no tables\. Run `projostack migrate` first/,
    ],
    [
      "the database has another encoding",
      () => ({ DATABASE_URL: changed(own.url, (url) => (url.pathname = "/ascii")) }),
      /^DATABASE_URL: the database ascii has the encoding SQL_ASCII, .*ENCODING 'UTF8'/,
    ],
    [
      "the database belongs to another program",
      () => ({ DATABASE_URL: changed(own.url, (url) => (url.pathname = "/shop")) }),
      /^DATABASE_URL: the database shop contains tables of another program, such as customers, orders\. Correct the name/,
    ],
    [
      "the database accepts no writes",
      () => ({ DATABASE_URL: changed(own.url, (url) => (url.pathname = "/quiet")) }),
      /^DATABASE_URL: the database quiet accepts no writes \(default_transaction_read_only is on\)/,
    ],
    [
      "the login has no connection left",
      () => ({ DATABASE_URL: changed(own.url, (url) => (url.username = "busy")) }),
      /^DATABASE_URL: PostgreSQL has no connection left for this login \(too many connections for role "busy"\)/,
    ],
    [
      "the owner may not create roles",
      () => ({
        DATABASE_URL: changed(own.url, (url) => {
          url.username = `new_${randomUUID().slice(0, 8)}`;
        }),
        PROJO_DATABASE_OWNER_URL: changed(own.ownerUrl, (url) => {
          url.username = "plain";
          url.password = "plain";
          url.pathname = "/plain";
        }),
      }),
      /^PROJO_DATABASE_OWNER_URL: /,
    ],
    [
      "a setting of the login disables triggers",
      () => ({ DATABASE_URL: changed(own.url, (url) => (url.pathname = "/unsafe")) }),
      /^DATABASE_URL: A connection lacks settings that the server relies on: session_replication_role is replica instead of origin\. If a pooler/,
    ],
  ] as const satisfies readonly (readonly [string, () => Record<string, string>, RegExp])[];

  beforeAll(async () => {
    for (const name of ["empty", "shop", "quiet", "unsafe"]) await own.owner(`CREATE DATABASE ${name}`);
    await own.owner(
      "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0",
    );
    await own.owner("ALTER DATABASE quiet SET default_transaction_read_only = on");
    await own.owner("ALTER ROLE projo_server IN DATABASE unsafe SET session_replication_role = 'replica'");
    await own.owner("CREATE ROLE busy LOGIN CONNECTION LIMIT 0 PASSWORD 'a password of this test'");
    await own.owner("CREATE ROLE plain LOGIN PASSWORD 'plain'");
    await own.owner("CREATE DATABASE plain OWNER plain");
    await withOwner({ connectionString: changed(own.ownerUrl, (url) => (url.pathname = "/shop")) }, (owner) =>
      owner.query("CREATE TABLE orders (id int); CREATE TABLE customers (id int)"),
    );
  });

  it.each(problems)("%s", async (_, env, expected) => {
    expect(await problemOf(env())).toMatch(expected);
  });
});

it.runIf(process.env["CI"])("the machine has pgbouncer and openssl", () => {
  expect(hasPgBouncer, noPgBouncer).toBe(true);
  expect(hasOpenssl, noOpenssl).toBe(true);
});

describe.skipIf(!hasPgBouncer)(`a pooler${hasPgBouncer ? "" : ` (${noPgBouncer})`}`, () => {
  it.each([
    [
      "session",
      "none",
      "ignore_startup_parameters = options",
      /lacks settings that the server relies on: .*statement_timeout is 0 instead of 5s.*\. If a pooler is there, set PROJO_DATABASE_POOLER=transaction/,
    ],
    [
      "transaction",
      "none",
      "ignore_startup_parameters = options",
      /lacks settings that the server relies on/,
    ],
    ["transaction", "none", "", /a pooler answers there\. Set PROJO_DATABASE_POOLER=transaction/],
    [
      "statement",
      "transaction",
      "",
      /a pooler in statement mode answers there, which allows no transactions .*Set pool_mode = transaction/,
    ],
  ] as const)("in %s mode with PROJO_DATABASE_POOLER=%s and %j", async (mode, pooler, settings, expected) => {
    const bouncer = await startPgBouncer({ size: 2, mode, settings });
    const DATABASE_URL = bouncer.urlOf(database.name);
    expect(await problemOf({ DATABASE_URL, PROJO_DATABASE_POOLER: pooler })).toMatch(expected);
    await bouncer.close();
  });

  it("in transaction mode for the owner", async () => {
    const bouncer = await startPgBouncer({ size: 2 });
    const PROJO_DATABASE_OWNER_URL = bouncer.urlOf(database.name);
    expect(await problemOf({ PROJO_DATABASE_OWNER_URL })).toBe(
      "PROJO_DATABASE_OWNER_URL: a pooler in transaction mode answers there, and a migration needs a session of its own. Name PostgreSQL itself.",
    );
    await bouncer.close();
  });
});

describe.skipIf(!hasOpenssl)(`over TLS${hasOpenssl ? "" : ` (${noOpenssl})`}`, () => {
  let postgres: TlsPostgres;
  beforeAll(async () => {
    postgres = await startTlsPostgres();
  });
  afterAll(() => postgres?.stop());
  const secure = (parameters: string, host = "localhost") =>
    `postgres://${postgres.owner.user}:${SECRET}@${host}:${postgres.owner.port}/postgres?${parameters}`;
  const authority = () => `sslrootcert=${postgres.path("ca.pem")}`;

  it("the certificate is not trusted", async () => {
    expect(await problemOf({ DATABASE_URL: secure("sslmode=verify-full") })).toMatch(
      /^DATABASE_URL: the certificate of PostgreSQL was not accepted \(.+\)\. Name its authority's file with sslrootcert/,
    );
  });

  it("the certificate has another host name", async () => {
    const env = { DATABASE_URL: secure(`sslmode=verify-full&${authority()}`, "127.0.0.1") };
    expect(await problemOf(env)).toMatch(
      /^DATABASE_URL: the certificate of PostgreSQL is for another host name \(.*\)\. Use a host name of the certificate/,
    );
  });

  it("PostgreSQL requires a client certificate", async () => {
    const env = { PROJO_DATABASE_OWNER_URL: secure(`sslmode=verify-full&${authority()}`) };
    expect(await problemOf(env)).toMatch(
      /^PROJO_DATABASE_OWNER_URL: PostgreSQL does not accept the client certificate \(.*\)\. Name a certificate for this user with sslcert/,
    );
  });
});
