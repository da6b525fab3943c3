// Services that accept no SCRAM verifier as a password, or no password at all. A stand-in in front of a real PostgreSQL refuses
// the statement with the words of such a service.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { checkLogin, openPool } from "../../src/index.ts";
import { passwordOf, setUp, startGivenPostgres, type GivenPostgres } from "../kit/given-postgres.ts";
import { startStandIn, type Refusal, type StandIn, type StandInOptions } from "../kit/service-stand-in.ts";

const owner = "service_owner";
const server = "projo_server";

// Neon sends changes of roles to its control plane, which reports an internal error.
const neon: Refusal = {
  code: "XX000",
  message:
    'Received HTTP code 400 from control plane: {"error":"Neon only supports being given plaintext passwords"}',
};
// The extension credcheck, which checks passwords by rules.
const credcheck: Refusal = { code: "28000", message: "password type is not a plain text" };
const isVerifier = (sql: string): boolean => sql.includes("PASSWORD 'SCRAM-SHA-256$");
const isPassword = (sql: string): boolean => sql.includes(`PASSWORD '${passwordOf(server)}'`);

// Amazon RDS with rds.restrict_password_commands.
const refuseEveryPassword = (sql: string) =>
  / PASSWORD '/.test(sql)
    ? { code: "42501", message: "must be a member of rds_password to alter passwords" }
    : null;

let postgres: GivenPostgres;
let service: StandIn;
beforeAll(async () => {
  postgres = await startGivenPostgres();
});
afterAll(() => postgres.stop());
afterEach(() => service.close());

/** Creates a database, and the stand-in through which the owner reaches it. */
async function given(options: Omit<StandInOptions, "to">) {
  const database = await postgres.create({ owner, attributes: "CREATEROLE" });
  service = await startStandIn({ to: { host: "127.0.0.1", port: postgres.port }, ...options });
  return {
    database,
    env: {
      PROJO_DATABASE_OWNER_URL: postgres.urlOf(owner, database, service.port),
      DATABASE_URL: postgres.urlOf(server, database, service.port),
    },
  };
}

async function expectServing(database: string, password = passwordOf(server)) {
  const connectionString = postgres.urlOf(server, database).replace(passwordOf(server), password);
  const pool = openPool({ target: { connectionString }, max: 1 });
  await expect(checkLogin(pool)).resolves.toBeUndefined();
  await pool.end();
}

const statements = (has: (sql: string) => boolean) => service.statements.filter(({ sql }) => has(sql));

describe("a service that accepts no SCRAM verifier", () => {
  it.each([
    ["Neon", neon],
    ["credcheck", credcheck],
    ["a service with another code", { code: "42501", message: "pre-hashed passwords are not allowed" }],
    ["a service without the feature", { code: "0A000", message: "encrypted passwords are not supported" }],
  ])("%s: gets the password as text, and the operator learns of it", async (_service, refusal) => {
    const { database, env } = await given({ refuse: (sql) => (isVerifier(sql) ? refusal : null) });
    const done = await setUp(env);
    expect(done).toMatchObject({
      code: 0,
      messages: expect.stringContaining("was sent as text over this private connection"),
    });
    expect(done.messages).toContain(refusal.message);
    expect(done.messages).not.toContain(passwordOf(server));
    await expectServing(database);
  });

  it("db:migrate does not send the password again when the login has it already", async () => {
    const { database, env } = await given({
      refuse: (sql) => (isVerifier(sql) ? neon : null),
    });
    await setUp(env);
    expect(await setUp(env)).toMatchObject({ code: 0, messages: "" });
    expect(statements(isPassword)).toHaveLength(1);
    await expectServing(database);
  });

  it("gets a changed password as text", async () => {
    const { database, env } = await given({
      refuse: (sql) => (isVerifier(sql) ? neon : null),
    });
    await setUp(env);
    const changed = { ...env, DATABASE_URL: env.DATABASE_URL.replace(passwordOf(server), "changed-secret") };
    expect(await setUp(changed)).toMatchObject({ code: 0, messages: expect.stringContaining("as text") });
    await expectServing(database, "changed-secret");
  });

  it("db:migrate does not send the password over a network without TLS", async () => {
    const { env } = await given({ refuse: (sql) => (isVerifier(sql) ? neon : null) });
    // The address of this machine in another notation, which counts as another machine.
    const remote = env.PROJO_DATABASE_OWNER_URL.replace("127.0.0.1", "[::ffff:7f00:1]");
    const refused = await setUp({ ...env, PROJO_DATABASE_OWNER_URL: `${remote}?sslmode=disable` });
    expect(refused).toMatchObject({
      code: 1,
      messages: expect.stringMatching(
        /^PROJO_DATABASE_OWNER_URL: .*accepts no SCRAM verifier.*without TLS.*Remove sslmode=disable/,
      ),
    });
    expect(statements(isPassword)).toEqual([]);
  });

  const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
  it.skipIf(!hasOpenssl && process.env["CI"] !== "true")("gets the password as text over TLS", async () => {
    const directory = mkdtempSync(join(tmpdir(), "projo-service-"));
    const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
    const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    execFileSync("openssl", ["req", ...kind, ...subject, "-keyout", key, "-out", cert], { stdio: "pipe" });
    const { database, env } = await given({
      refuse: (sql) => (isVerifier(sql) ? neon : null),
      tls: { key: readFileSync(key), cert: readFileSync(cert) },
    });
    const secured = env.PROJO_DATABASE_OWNER_URL.replace("127.0.0.1", "localhost");
    const done = await setUp({
      ...env,
      PROJO_DATABASE_OWNER_URL: `${secured}?sslmode=verify-full&sslrootcert=${cert}`,
    });
    rmSync(directory, { recursive: true });
    expect(done).toMatchObject({ code: 0, messages: expect.stringContaining("as text") });
    expect(statements(isPassword)).toEqual([{ sql: expect.any(String), isEncrypted: true }]);
    await expectServing(database);
  });
});

describe("a service with rules for passwords", () => {
  const weak = { code: "22023", message: "password must contain both letters and nonletters" };

  it("refuses the password in one line that names the variable, without the password", async () => {
    const { env } = await given({
      refuse: (sql) => (isVerifier(sql) ? neon : isPassword(sql) ? weak : null),
    });
    const refused = await setUp(env);
    expect(refused).toMatchObject({
      code: 1,
      sql: "",
      messages: expect.stringMatching(
        /^DATABASE_URL: PostgreSQL refuses the password of projo_server \(password must contain.*Choose another password/,
      ),
    });
    expect(refused.messages).not.toContain(passwordOf(server));
  });
});

describe("a service whose passwords are set in its console", () => {
  it("completes the set-up when the login exists and its password is right", async () => {
    const { database, env } = await given({ refuse: refuseEveryPassword });
    await postgres.admin(`CREATE ROLE ${server} LOGIN PASSWORD '${passwordOf(server)}'`);
    // Since PostgreSQL 16, CREATEROLE gives no power over the roles of others, but a membership does.
    await postgres.admin(`GRANT ${server} TO ${owner} WITH ADMIN OPTION`);
    expect(await setUp(env)).toMatchObject({ code: 0, messages: "" });
    await expectServing(database);
  });

  it("prints the SQL for the password when the login has another one, and never sends it as text", async () => {
    const { database, env } = await given({ refuse: refuseEveryPassword });
    await postgres.admin(`CREATE ROLE ${server} LOGIN PASSWORD 'another'`);
    await postgres.admin(`GRANT ${server} TO ${owner} WITH ADMIN OPTION`);
    const refused = await setUp(env);
    expect(refused).toMatchObject({
      code: 1,
      sql: expect.stringContaining(`ALTER ROLE "${server}" PASSWORD 'SCRAM-SHA-256$`),
    });
    expect(statements(isPassword)).toEqual([]);
    await postgres.admin(refused.sql, database);
    expect(await setUp(env)).toMatchObject({ code: 0, messages: "" });
    await expectServing(database);
  });
});

describe("a PostgreSQL that stores passwords with MD5", () => {
  it("stores the verifier, with which the login succeeds", async () => {
    const { database, env } = await given({});
    await postgres.admin(`ALTER ROLE ${owner} SET password_encryption = 'md5'`);
    expect(await setUp(env)).toMatchObject({ code: 0, messages: "" });
    await expectServing(database);
  });
});

describe("a password with characters outside ASCII", () => {
  it("signs in after the normalization that clients apply", async () => {
    const { database, env } = await given({});
    // A ligature and a no-break space: SASLprep replaces both.
    const password = "o\uFB03ce\u00A0Stra\u00DFe";
    const url = env.DATABASE_URL.replace(passwordOf(server), encodeURIComponent(password));
    expect(await setUp({ ...env, DATABASE_URL: url })).toMatchObject({ code: 0 });
    await expectServing(database, encodeURIComponent(password));
    await expectServing(database, encodeURIComponent("office Stra\u00DFe"));
  });
});
