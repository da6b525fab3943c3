// The forms of an address that people paste, and characters of a password that end the address early.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { serverSettings } from "../../src/login/server-settings.ts";
import { addressParameters, PostgresAddressError, readPostgresAddress } from "../../src/index.ts";

const REMOTE = "postgres://ada:s3cret@db.example.com:6432/projo";

function problemOf(text: string): string {
  try {
    readPostgresAddress(text);
  } catch (error) {
    if (error instanceof PostgresAddressError) return error.message;
    throw error;
  }
  throw new Error("The address was accepted.");
}

describe("readPostgresAddress accepts", () => {
  it.each([
    ["a trailing newline", `${REMOTE}\n`],
    ["spaces around it", `  ${REMOTE} `],
    ["single quotes", `'${REMOTE}'`],
    ["double quotes", `"${REMOTE}"`],
    ["a byte order mark", `\uFEFF${REMOTE}`],
    ["the command psql", `psql '${REMOTE}'`],
    ["the command psql without quotes", `psql ${REMOTE}`],
    ["the name of the variable", `DATABASE_URL=${REMOTE}`],
    ["an exported variable", `export DATABASE_URL="${REMOTE}"`],
    ["the long scheme", REMOTE.replace("postgres:", "postgresql:")],
    ["the scheme of a Python driver", REMOTE.replace("postgres:", "postgresql+psycopg2:")],
    ["upper case in the scheme", REMOTE.replace("postgres:", "Postgres:")],
    ["a slash after the database", `${REMOTE}/`],
    ["JDBC's form", "jdbc:postgresql://db.example.com:6432/projo?user=ada&password=s3cret"],
    [
      "every part as a parameter",
      "postgres://?host=db.example.com&port=6432&user=ada&password=s3cret&dbname=projo",
    ],
  ])("%s", (_, text) => {
    expect(readPostgresAddress(text)).toMatchObject({
      host: "db.example.com",
      isLocal: false,
      login: { user: "ada", password: "s3cret" },
      target: { host: "db.example.com", port: 6432, user: "ada", password: "s3cret", database: "projo" },
    });
  });

  it.each([
    [
      "a socket directory without a host",
      "postgres://ada:pw@/projo?host=/run/postgresql",
      "/run/postgresql",
      5432,
    ],
    [
      "a socket with a port",
      "postgres://ada:pw@/projo?host=/run/postgresql&port=6432",
      "/run/postgresql",
      6432,
    ],
    [
      "the path of a socket",
      "postgres://ada:pw@/projo?host=/run/postgresql/.s.PGSQL.6432",
      "/run/postgresql",
      6432,
    ],
    ["a socket instead of the host", "postgres://ada:pw@localhost/projo?host=/tmp", "/tmp", 5432],
    [
      "an encoded socket directory",
      "postgres://ada:pw@%2Frun%2Fpostgresql:6432/projo",
      "/run/postgresql",
      6432,
    ],
    ["no host", "postgres://ada:pw@/projo", "localhost", 5432],
    ["an IPv6 host", "postgres://ada:pw@[::1]:6432/projo", "::1", 6432],
    ["a host with an underscore", "postgres://ada:pw@my_db/projo?sslmode=disable", "my_db", 5432],
  ])("%s", (_, text, host, port) => {
    const { target } = readPostgresAddress(text);
    expect(target).toMatchObject({
      host,
      port,
      user: "ada",
      password: "pw",
      database: "projo",
      ssl: expect.anything(),
    });
  });

  it("characters of a password that do not end the address early", () => {
    for (const password of [
      "p@ss",
      "a:b",
      "a b",
      "a[b]",
      "ä",
      "a\\b",
      "a+b",
      "a&b=c",
      "a!$*'(),;~`^|{}<>\"",
    ]) {
      const { login } = readPostgresAddress(`postgres://ada:${password}@localhost/projo`);
      expect(login.password, password).toBe(password);
    }
    const { login } = readPostgresAddress("postgres://ada@azure:p%23%2F%3F%40%25@localhost/projo");
    expect(login).toEqual({ user: "ada@azure", password: "p#/?@%" });
  });
});

describe("readPostgresAddress refuses", () => {
  it.each([
    ["#", "hun#ter2", "# as %23"],
    ["#", "#hunter2", "# as %23"],
    ["#", "12#3hunter", "# as %23"],
    ["/", "hun/ter2", "/ as %2F"],
    ["/", "12/3hunter", "/ as %2F"],
    ["?", "hun?ter2", "? as %3F"],
    ["?", "12?3hunter", "? as %3F"],
    ["%", "hunter2%", "% as %25"],
    ["%", "hun%ter2", "% as %25"],
    ["@ and /", "hun@t/er2", "/ as %2F, @ as %40"],
    ["# / ? @ %", "h#u/n?t@e%r2", "# as %23, / as %2F, ? as %3F, @ as %40, % as %25"],
  ])("a password with %s, and says what to write, without the password: %s", (_, password, advice) => {
    const problem = problemOf(`postgres://ada:${password}@db.example.com:5432/projo?sslmode=require`);
    expect(problem).toMatch(/^must be an address such as .* must be percent-encoded: write /);
    expect(problem.endsWith(`write ${advice}`), problem).toBe(true);
    for (const part of password.split(/[^a-z0-9]/).filter(({ length }) => length > 2))
      expect(problem).not.toContain(part);
  });

  it.each([
    ["several hosts", "postgres://a:s3cret@one,two:5433/projo", "names several hosts"],
    ["several hosts with ports", "postgres://a:s3cret@one:5432,two:5433/projo", "names several hosts"],
    ["several hosts as a parameter", "postgres://a:s3cret@/projo?host=one,two", "names several hosts"],
    ["no user", "postgres://db.example.com/projo", "names no user"],
    ["no database", "postgres://a:s3cret@db.example.com", "names no database"],
    [
      "no database after the slash",
      "postgres://a:s3cret@db.example.com:5432/?sslmode=require",
      "names no database",
    ],
    [
      "an IPv6 host without brackets",
      "postgres://a:s3cret@::1:5432/projo",
      "has an IPv6 address without brackets",
    ],
    ["a port that is no number", "postgres://a:s3cret@host:http/projo", "has a port that is not a number"],
    ["a port that is too large", "postgres://a:s3cret@host:65536/projo", "has a port that is not a number"],
    ["a line break", "postgres://a:s3cret@host/\nprojo", "has a line break or a tab"],
    ["a placeholder", "postgres://a:[YOUR-PASSWORD]@host/projo", "contains a placeholder"],
    ["a variable", "postgres://a:${DB_PASSWORD}@host/projo", "contains a placeholder"],
    ["keywords", "host=localhost dbname=projo user=a password=s3cret", "is a list of keywords"],
    ["another scheme", "mysql://a:s3cret@host/projo", "must be an address such as"],
    ["an address of Prisma's service", "prisma://a:s3cret@host/projo", "must be an address such as"],
    [
      "a repeated parameter",
      `${REMOTE}?sslmode=disable&sslmode=verify-full`,
      "has the parameter sslmode twice",
    ],
    [
      "an unknown parameter",
      `${REMOTE}?keepalives=1`,
      "has the parameter keepalives, which is not supported",
    ],
    [
      "a setting of the server",
      `${REMOTE}?statement_timeout=0`,
      "has the parameter statement_timeout, which the server sets itself",
    ],
    ["another schema", `${REMOTE}?schema=s3cret`, "has a value of schema that is not supported"],
    ["a standby", `${REMOTE}?target_session_attrs=standby`, "has a value of target_session_attrs"],
    ["an unknown sslmode", `${REMOTE}?sslmode=s3cret`, "has an sslmode that does not exist"],
    ["old TLS", `${REMOTE}?ssl_min_protocol_version=TLSv1`, "has an ssl_min_protocol_version below TLSv1.2"],
    [
      "channel binding without TLS",
      `${REMOTE}?sslmode=disable&channel_binding=require`,
      "has channel_binding=require on a connection without TLS",
    ],
    [
      "no connections",
      `${REMOTE}?connection_limit=0`,
      "has a connection_limit that is not a whole number from 1 to 500",
    ],
    [
      "a malformed time limit",
      `${REMOTE}?connect_timeout=s3cret`,
      "has a connect_timeout that is not a whole number",
    ],
    [
      "a certificate without a key",
      `${REMOTE}?sslcert=/nowhere`,
      "names the file /nowhere as sslcert, which cannot be read (ENOENT)",
    ],
    ["options of another form", `${REMOTE}?options=-d%205`, "has options that are not of the form"],
  ])("%s", (_, text, expected) => {
    const problem = problemOf(text);
    expect(problem).toContain(expected);
    expect(problem).not.toContain("s3cret");
  });

  it("each option that would replace one of the server's settings, in every form that PostgreSQL reads", () => {
    const names = [...Object.keys(serverSettings), "role", "app.workspace_id", "session_replication_role"];
    for (const name of names) {
      const forms = [`-c ${name}=x`, `-c${name}=x`, `--${name}=x`, `-c geqo=off -c ${name.toUpperCase()}=x`];
      const hyphens = [`--${name.replaceAll("_", "-")}=x`, `-c ${name.replaceAll("_", "-")}=x`];
      for (const form of [...forms, ...hyphens]) {
        const problem = problemOf(`${REMOTE}?options=${encodeURIComponent(form)}`);
        expect(problem, form).toContain(
          `has options that change ${name.toLowerCase()}, which the server sets itself`,
        );
      }
      expect(problemOf(`${REMOTE}?options=-c%20${name.slice(0, 2)}%5C${name.slice(2)}=x`)).toContain(
        "not of the form",
      );
    }
  });

  it("a certificate file without a certificate, and half of a client certificate", () => {
    const directory = mkdtempSync(join(tmpdir(), "projo-address-"));
    const [empty, certificate] = ["empty", "certificate"].map((name) => join(directory, name));
    writeFileSync(empty ?? "", "no certificate");
    writeFileSync(certificate ?? "", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
    expect(problemOf(`${REMOTE}?sslrootcert=${empty}`)).toMatch(
      /as sslrootcert, which contains no certificate in PEM form$/,
    );
    expect(problemOf(`${REMOTE}?sslcert=${certificate}`)).toContain("has sslcert without sslkey");
    expect(problemOf(`${REMOTE}?sslrootcert=${directory}`)).toContain("cannot be read (EISDIR)");
    rmSync(directory, { recursive: true });
  });
});

describe("the parameters of an address", () => {
  it("the server merges the parameters with its own", () => {
    const parameters = [
      "sslmode=require",
      "application_name=api",
      "connect_timeout=1",
      "options=-c%20geqo%3Doff%20endpoint%3Dep-1",
      "target_session_attrs=read-write",
      "pgbouncer=true",
      "connection_limit=5",
      "schema=public",
      "channel_binding=prefer",
      "client_encoding=utf8",
      "gssencmode=disable",
      "ssl_min_protocol_version=TLSv1.3",
    ];
    expect(readPostgresAddress(`${REMOTE}?${parameters.join("&")}`)).toMatchObject({
      isPooler: true,
      connectionLimit: 5,
      target: {
        applicationName: "api",
        connectMs: 1_000,
        options: "-c geqo=off endpoint=ep-1",
        enableChannelBinding: true,
        ssl: { minVersion: "TLSv1.3", rejectUnauthorized: true },
      },
    });
    expect(readPostgresAddress(`${REMOTE}?connect_timeout=0&sslrootcert=system`).target).not.toHaveProperty(
      "connectMs",
    );
  });

  it("the parser knows every documented parameter", () => {
    for (const { name } of addressParameters) {
      const problem = (() => {
        try {
          return problemOf(`postgres://a@localhost/projo?${name}=%00`);
        } catch {
          return "accepted";
        }
      })();
      expect(problem, name).not.toContain(`has the parameter ${name}`);
    }
  });

  it("sslmode=prefer and allow are refused, and a socket needs no TLS in any mode", () => {
    for (const mode of ["prefer", "allow", "require", "verify-full", "no-verify"]) {
      const socket = `postgres://a@/projo?host=/run/postgresql&sslmode=${mode}`;
      expect(readPostgresAddress(socket).target.ssl, mode).toBe(false);
    }
    for (const mode of ["prefer", "allow"]) {
      expect(problemOf(`postgres://a@localhost/projo?sslmode=${mode}`)).toContain(
        "does not verify the server",
      );
    }
  });
});
