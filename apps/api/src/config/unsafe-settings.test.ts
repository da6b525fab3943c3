// A6 A3: what the server refuses to serve with, and that it says which setting to make.
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

/** The problems' lines; none when the settings are taken. */
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

const keys = { PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString("base64url")}` };
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

describe("A6 keys that the server makes itself, and mail in files,", () => {
  it("are for a server and a database on this machine", () => {
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

  it("are refused where others reach the server or its database, with what to do", () => {
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

  it("need one setting each", () => {
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

  it("can be had anywhere by asking for each, but not in production", () => {
    const asked = { PROJO_TOKEN_KEYS: "auto", PROJO_MAIL: "files" };
    expect(namesOf({ ...remote, ...asked })).toEqual([]);
    expect(readConfig({ ...remote, ...asked })).toMatchObject({
      tokenKeys: null,
      smtp: null,
      isLocal: false,
    });
    expect(namesOf({ ...remote, PROJO_MAIL: "files" })).toEqual(["PROJO_TOKEN_KEYS"]);
    expect(namesOf({ ...remote, PROJO_TOKEN_KEYS: "auto" })).toEqual(["PROJO_SMTP_URL"]);
    expect(namesOf({ ...production, ...asked })).toEqual(["PROJO_TOKEN_KEYS", "PROJO_MAIL"]);
    expect(linesOf({ ...production, ...asked }).join()).not.toMatch(/PROJO_TOKEN_KEYS=auto|PROJO_MAIL=files/);
  });

  it("are not asked for twice: mail goes to files or to a server", () => {
    expect(namesOf({ ...mail, PROJO_MAIL: "files" })).toEqual(["PROJO_MAIL"]);
    expect(linesOf({ PROJO_MAIL: "smtp" })).toEqual([
      'PROJO_MAIL must be files, or left out where PROJO_SMTP_URL is set, not "smtp".',
    ]);
  });
});

describe("production", () => {
  const complete = { ...production, ...remote, ...keys, ...mail };

  it("is a mode that is spelt as it is", () => {
    expect(linesOf({ PROJO_ENV: "prod" })).toEqual([
      'PROJO_ENV must be one of development, production, not "prod".',
    ]);
  });

  it("I4 U11 keeps the owner's and the operator's logins away from the server", () => {
    for (const name of ["PROJO_DATABASE_OWNER_URL", "PROJO_OPERATOR_DATABASE_URL"]) {
      const env = { ...complete, [name]: "postgres://other:s3cret@db.example.com/projo" };
      expect(namesOf(env)).toEqual([name]);
      expect(namesOf({ ...env, PROJO_ENV: "development" })).toEqual([]);
    }
  });

  it("V9 mails no links over plain HTTP, but to this machine", () => {
    expect(namesOf({ ...complete, PROJO_APP_URL: "http://app.example.com" })).toEqual(["PROJO_APP_URL"]);
    expect(namesOf({ ...complete, PROJO_APP_URL: "http://localhost:3000" })).toEqual([]);
  });
});

describe("a connection off this machine", () => {
  it("to Redis is encrypted, unless its address says tls=off", () => {
    expect(redis("rediss://:p@redis.example.com:6379/0")).toBe("rediss://:p@redis.example.com:6379/0");
    expect(redis("redis://:p@127.0.0.1:6379")).toBe("redis://:p@127.0.0.1:6379");
    expect(redis("redis://[::1]:6379")).toBe("redis://[::1]:6379");
    // The client would take what is left in the query for an option of its own.
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

  it("to a mail server is encrypted, unless its address says tls=off", () => {
    expect(smtp("smtp://user:p@mail.example.com")).toBe("required");
    expect(smtp("smtps://user:p@mail.example.com")).toBe("implicit");
    expect(smtp("smtp://relay?tls=off")).toBe("off");
    expect(smtp("smtp://localhost")).toBe("off");
  });

  it("to PostgreSQL is encrypted, by whichever login", () => {
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

describe("A3 every secret may come from a file:", () => {
  const secrets = {
    ...mail,
    ...keys,
    ...remote,
    PROJO_DATABASE_OWNER_URL: "postgres://owner:s3cret@db.example.com/projo",
    PROJO_OPERATOR_DATABASE_URL: "postgres://operator:s3cret@db.example.com/projo",
    REDIS_URL: "rediss://:s3cret@redis.example.com",
  };
  const names = Object.keys(secrets).filter((name) => !["PROJO_MAIL_FROM", "PROJO_APP_URL"].includes(name));

  it("reads the same configuration", () => {
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

  it("one that cannot be read is one line, which names the variable and the file", () => {
    for (const name of names) {
      const { [name]: _, ...rest } = { ...secrets } as Record<string, string>;
      const env = { ...rest, [`${name}_FILE`]: join(directory, "absent") };
      expect(linesOf(env)).toEqual([
        `${name}_FILE names the file ${join(directory, "absent")}, which cannot be read (ENOENT).`,
      ]);
    }
  });

  it("one that everybody may write is refused", () => {
    const file = join(directory, "open");
    writeFileSync(file, keys.PROJO_TOKEN_KEYS);
    chmodSync(file, 0o666);
    expect(namesOf({ PROJO_TOKEN_KEYS_FILE: file })).toEqual(["PROJO_TOKEN_KEYS_FILE"]);
  });
});

describe("the operator's program", () => {
  it("needs its own login where the server has one, and neither keys nor a mail server", () => {
    expect(linesOf(remote, "operator")).toEqual([
      expect.stringMatching(
        /^PROJO_OPERATOR_DATABASE_URL is not set\. .*pnpm db:migrate.*docs\/operations\.md/,
      ),
    ]);
    const own = { PROJO_OPERATOR_DATABASE_URL: "postgres://operator:s3cret@db.example.com/projo" };
    for (const env of [{}, own, { ...remote, ...own }, { ...production, ...remote, ...own }]) {
      expect(linesOf(env, "operator")).toEqual([]);
    }
  });

  it("U11 has another login than the server", () => {
    const same = { PROJO_OPERATOR_DATABASE_URL: remote.DATABASE_URL };
    expect(linesOf({ ...remote, ...same }, "operator")).toEqual([
      "PROJO_OPERATOR_DATABASE_URL must name another user than DATABASE_URL: the server's login does no operator's acts.",
    ]);
  });
});
