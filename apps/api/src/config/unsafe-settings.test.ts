// A6 A3: the server refuses unsafe settings and names the setting to change.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "./config.ts";
import type { Program } from "./settings.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "projo-config-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

type Environment = Readonly<Record<string, string>>;

/** The lines of the error message; none when the settings are accepted. */
function linesOf(env: Environment, program: Program = "server"): string[] {
  try {
    readConfig(env, program);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
}
const namesOf = (env: Environment, program?: Program) =>
  linesOf(env, program).map((line) => line.split(" ")[0]);

const keys = { PROJO_TOKEN_KEYS: `1:${randomBytes(32).toString("base64url")}` };
const mail = {
  PROJO_SMTP_URL: "smtps://user:s3cret@mail.example.com",
  PROJO_MAIL_FROM: "mail@example.com",
  PROJO_APP_URL: "https://app.example.com",
};
const remote = { DATABASE_URL: "postgres://projo_server:s3cret@db.example.com/projo" };
const local = { DATABASE_URL: "postgres://projo_server:s3cret@127.0.0.1/projo" };
const production = { PROJO_ENV: "production" };
const neither = ["PROJO_TOKEN_KEYS", "PROJO_SMTP_URL"];

const redis = (url: string) => readConfig({ REDIS_URL: url }).redisUrl;
const smtp = (url: string) => readConfig({ ...mail, PROJO_SMTP_URL: url }).smtp?.tls;

describe("A6 generated keys and mail in files", () => {
  it("the server accepts them when it and its database are on this machine", () => {
    for (const env of [
      {},
      local,
      { DATABASE_URL: "postgres://projo_server@localhost/projo?host=/var/run/postgresql" },
      { HOST: "localhost" },
      { HOST: "::1" },
      { HOST: "127.0.0.53" },
    ]) {
      expect(namesOf(env), JSON.stringify(env)).toEqual([]);
      expect(readConfig(env).isLocal).toBe(true);
    }
  });

  it("the server refuses them, with instructions, when other machines can reach it or its database", () => {
    for (const env of [
      remote,
      { HOST: "0.0.0.0" },
      { HOST: "::" },
      { HOST: "10.0.0.5" },
      { HOST: "server" },
      { HOST: "127.0.0.1.example.com" },
      { ...local, HOST: "0.0.0.0" },
      production,
      { ...production, ...local },
    ]) {
      expect(namesOf(env), JSON.stringify(env)).toEqual(neither);
    }
    const [key, server] = linesOf(remote);
    expect(key).toMatch(
      /is not set, and the database is at db\.example\.com\. Make a key with node -p .*randomBytes\(32\)/,
    );
    expect(key).toMatch(/PROJO_TOKEN_KEYS_FILE, or set PROJO_TOKEN_KEYS=auto /);
    expect(server).toMatch(/Set PROJO_SMTP_URL to your mail server .*, or set PROJO_MAIL=files /);
    expect(linesOf({ HOST: "0.0.0.0" })[0]).toContain("and HOST is 0.0.0.0.");
  });

  it("one setting replaces each of them", () => {
    expect(namesOf({ ...remote, ...keys })).toEqual(["PROJO_SMTP_URL"]);
    expect(namesOf({ ...remote, ...mail })).toEqual(["PROJO_TOKEN_KEYS"]);
    for (const env of [
      { ...remote, ...keys, ...mail },
      { ...production, ...remote, ...keys, ...mail },
    ]) {
      expect(namesOf(env)).toEqual([]);
      expect(readConfig(env).isLocal).toBe(false);
    }
  });

  it("the operator can enable them explicitly anywhere except in production", () => {
    const explicit = { PROJO_TOKEN_KEYS: "auto", PROJO_MAIL: "files" };
    expect(namesOf({ ...remote, ...explicit })).toEqual([]);
    expect(readConfig({ ...remote, ...explicit })).toMatchObject({
      tokenKeys: null,
      smtp: null,
      isLocal: false,
    });
    expect(namesOf({ ...remote, PROJO_MAIL: "files" })).toEqual(["PROJO_TOKEN_KEYS"]);
    expect(namesOf({ ...remote, PROJO_TOKEN_KEYS: "auto" })).toEqual(["PROJO_SMTP_URL"]);
    expect(namesOf({ ...production, ...explicit })).toEqual(["PROJO_TOKEN_KEYS", "PROJO_MAIL"]);
    expect(linesOf({ ...production, ...explicit }).join()).not.toMatch(
      /PROJO_TOKEN_KEYS=auto|PROJO_MAIL=files/,
    );
  });

  it("PROJO_MAIL=files and PROJO_SMTP_URL exclude each other", () => {
    expect(namesOf({ ...mail, PROJO_MAIL: "files" })).toEqual(["PROJO_MAIL"]);
    expect(linesOf({ PROJO_MAIL: "smtp" })).toEqual([
      'PROJO_MAIL must be files, or left out where PROJO_SMTP_URL is set, not "smtp".',
    ]);
  });
});

describe("PROJO_ENV", () => {
  const complete = { ...production, ...remote, ...keys, ...mail };

  it("rejects unknown values", () => {
    expect(linesOf({ PROJO_ENV: "prod" })).toEqual([
      'PROJO_ENV must be one of development, production, not "prod".',
    ]);
  });

  it("I4 U11 F15 production refuses the logins of the owner, of the operator and for backups in the server", () => {
    for (const name of [
      "PROJO_DATABASE_OWNER_URL",
      "PROJO_OPERATOR_DATABASE_URL",
      "PROJO_BACKUP_DATABASE_URL",
    ]) {
      const env = { ...complete, [name]: "postgres://other:s3cret@db.example.com/projo" };
      expect(namesOf(env)).toEqual([name]);
      expect(namesOf({ ...env, PROJO_ENV: "development" })).toEqual([]);
    }
  });

  it("V9 production refuses links over plain HTTP, except to this machine", () => {
    expect(namesOf({ ...complete, PROJO_APP_URL: "http://app.example.com" })).toEqual(["PROJO_APP_URL"]);
    expect(namesOf({ ...complete, PROJO_APP_URL: "http://localhost:3000" })).toEqual([]);
  });
});

describe("a connection to another machine", () => {
  it("Redis connections are encrypted, unless the URL says tls=off", () => {
    expect(redis("rediss://:p@redis.example.com:6379/0")).toBe("rediss://:p@redis.example.com:6379/0");
    expect(redis("redis://:p@127.0.0.1:6379")).toBe("redis://:p@127.0.0.1:6379");
    expect(redis("redis://[::1]:6379")).toBe("redis://[::1]:6379");
    // The client would read the rest of the query string as options.
    expect(redis("redis://:p@redis.example.com:6379/1?tls=off")).toBe("redis://:p@redis.example.com:6379/1");
    for (const url of [
      "redis://:s3cret@redis.example.com",
      "redis://:s3cret@redis.example.com?tls=maybe",
      "redis://:s3cret@redis.example.com?tls=off&family=6",
      "rediss://:s3cret@redis.example.com?tls=off",
      "rediss://:s3cret@redis.example.com?rejectUnauthorized=false",
    ]) {
      const [line, ...more] = linesOf({ REDIS_URL: url });
      expect(line, url).toMatch(/^REDIS_URL must be .*rediss:\/\/.*\?tls=off/);
      expect([line, ...more].join()).not.toContain("s3cret");
      expect(more).toEqual([]);
    }
  });

  it("SMTP connections are encrypted, unless the URL says tls=off", () => {
    expect(smtp("smtp://user:p@mail.example.com")).toBe("required");
    expect(smtp("smtps://user:p@mail.example.com")).toBe("implicit");
    expect(smtp("smtp://relay?tls=off")).toBe("off");
    expect(smtp("smtp://localhost")).toBe("off");
  });

  it("PostgreSQL connections are encrypted with every login", () => {
    const config = readConfig({
      ...remote,
      ...keys,
      ...mail,
      PROJO_DATABASE_OWNER_URL: "postgres://owner@db.example.com/projo",
      PROJO_OPERATOR_DATABASE_URL: "postgres://operator@db.example.com/projo",
    });
    for (const address of [config.databaseUrl, config.databaseOwnerUrl, config.operatorDatabaseUrl]) {
      expect(address?.target.ssl).toMatchObject({ rejectUnauthorized: true });
    }
    for (const name of ["DATABASE_URL", "PROJO_DATABASE_OWNER_URL", "PROJO_OPERATOR_DATABASE_URL"]) {
      const env = { ...local, [name]: "postgres://other:s3cret@127.0.0.1/projo?sslmode=prefer" };
      expect(linesOf(env)).toEqual([expect.stringMatching(new RegExp(`^${name} has an sslmode that`))]);
    }
  });
});

describe("A3 secrets from files", () => {
  const secrets = {
    ...mail,
    ...keys,
    ...remote,
    PROJO_DATABASE_OWNER_URL: "postgres://owner:s3cret@db.example.com/projo",
    PROJO_OPERATOR_DATABASE_URL: "postgres://operator:s3cret@db.example.com/projo",
    REDIS_URL: "rediss://:s3cret@redis.example.com",
  };
  const names = Object.keys(secrets).filter((name) => !["PROJO_MAIL_FROM", "PROJO_APP_URL"].includes(name));

  it("give the same configuration as variables", () => {
    const fromFiles: Record<string, string> = {};
    for (const [name, value] of Object.entries(secrets)) {
      if (!names.includes(name)) {
        fromFiles[name] = value;
        continue;
      }
      fromFiles[`${name}_FILE`] = join(directory, name);
      writeFileSync(join(directory, name), `${value}\n`);
    }
    expect(names).toHaveLength(6);
    expect(readConfig(fromFiles)).toEqual(readConfig(secrets));
  });

  it("an unreadable file is reported in one line with the variable and the path", () => {
    for (const name of names) {
      const { [name]: _, ...rest } = { ...secrets } as Record<string, string>;
      const env = { ...rest, [`${name}_FILE`]: join(directory, "absent") };
      expect(linesOf(env)).toEqual([
        `${name}_FILE names the file ${join(directory, "absent")}, which cannot be read (ENOENT).`,
      ]);
    }
  });

  it("a world-writable file is refused", () => {
    const file = join(directory, "open");
    writeFileSync(file, keys.PROJO_TOKEN_KEYS);
    chmodSync(file, 0o666);
    expect(namesOf({ PROJO_TOKEN_KEYS_FILE: file })).toEqual(["PROJO_TOKEN_KEYS_FILE"]);
  });
});

describe("the operator's program", () => {
  it("requires its own login when the server has one, but neither keys nor a mail server", () => {
    expect(linesOf(remote, "operator")).toEqual([
      expect.stringMatching(
        /^PROJO_OPERATOR_DATABASE_URL is not set\. .*projostack migrate.*docs\/operations\.md/,
      ),
    ]);
    const own = { PROJO_OPERATOR_DATABASE_URL: "postgres://operator:s3cret@db.example.com/projo" };
    for (const env of [{}, own, { ...remote, ...own }, { ...production, ...remote, ...own }]) {
      expect(linesOf(env, "operator")).toEqual([]);
    }
  });

  it("U11 must use another login than the server", () => {
    const same = { PROJO_OPERATOR_DATABASE_URL: remote.DATABASE_URL };
    expect(linesOf({ ...remote, ...same }, "operator")).toEqual([
      "PROJO_OPERATOR_DATABASE_URL must name another user than DATABASE_URL: the server's login must not have the operator's rights.",
    ]);
  });
});
