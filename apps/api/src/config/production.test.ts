// A6 A3 V9: what a server refuses in production, each with its text. All problems are in one message.
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

type Environment = Readonly<Record<string, string>>;

/** The lines of the error message; none when the settings are accepted. */
function linesOf(env: Environment): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
}

const key = () => randomBytes(32).toString("base64url");
const complete = {
  PROJO_ENV: "production",
  DATABASE_URL: "postgres://projo_server:s3cret@db.example.com/projo",
  PROJO_TOKEN_KEYS: `2:${key()},1:${key()}`,
  REDIS_URL: "rediss://:s3cret@redis.example.com",
  PROJO_SMTP_URL: "smtps://user:s3cret@mail.example.com",
  PROJO_MAIL_FROM: "mail@example.com",
  PROJO_APP_URL: "https://app.example.com",
  PROJO_ALLOWED_ORIGINS: "https://app.example.com",
};

const zeros = `1:${Buffer.alloc(32).toString("base64url")}`;

describe("A6 production", () => {
  it("accepts a complete configuration, also with services on this machine", () => {
    expect(linesOf(complete)).toEqual([]);
    const here = {
      ...complete,
      DATABASE_URL: "postgres://projo_server:s3cret@127.0.0.1:6432/projo",
      REDIS_URL: "redis://127.0.0.1:6379",
      PROJO_SMTP_URL: "smtp://127.0.0.1:25",
    };
    expect(linesOf(here)).toEqual([]);
    expect(readConfig(here)).toMatchObject({ isLocal: false, isProduction: true, warnings: [] });
  });

  it.each([
    [
      "no keys",
      { PROJO_TOKEN_KEYS: "" },
      `PROJO_TOKEN_KEYS is not set, and PROJO_ENV is production. Make a key with node -p "'1:' + require('crypto').randomBytes(32).toString('base64url')" and set it, or name its file in PROJO_TOKEN_KEYS_FILE.`,
    ],
    [
      "generated keys",
      { PROJO_TOKEN_KEYS: "auto" },
      `PROJO_TOKEN_KEYS is auto, and PROJO_ENV is production. Make a key with node -p "'1:' + require('crypto').randomBytes(32).toString('base64url')" and set it, or name its file in PROJO_TOKEN_KEYS_FILE.`,
    ],
    [
      "a key of zero bytes",
      { PROJO_TOKEN_KEYS: zeros },
      `PROJO_TOKEN_KEYS has a weak key with the kid 1: all its bytes are equal. Others may guess it and sign in as any user. Remove it, and make a random key with node -p "'1:' + require('crypto').randomBytes(32).toString('base64url')" (docs/operating/rotate-keys.md#replace-a-weak-or-leaked-key).`,
    ],
    [
      "an older key that is weak",
      { PROJO_TOKEN_KEYS: `2:${key()},1:${Buffer.alloc(32, "ab").toString("base64url")}` },
      expect.stringMatching(
        /^PROJO_TOKEN_KEYS has a weak key with the kid 1: it repeats a pattern of 2 bytes\./,
      ),
    ],
    [
      "no mail server",
      { PROJO_SMTP_URL: "" },
      "PROJO_SMTP_URL is not set, and PROJO_ENV is production. Set PROJO_SMTP_URL to your mail server (docs/configuration.md#mail).",
    ],
    [
      "mail in files",
      { PROJO_SMTP_URL: "", PROJO_MAIL: "files" },
      "PROJO_MAIL is files, and PROJO_ENV is production. Set PROJO_SMTP_URL to your mail server (docs/configuration.md#mail) instead.",
    ],
    [
      "links over HTTP",
      { PROJO_APP_URL: "http://app.example.com" },
      "PROJO_APP_URL does not begin with https://, and PROJO_ENV is production: mailed links open accounts. Serve the web application over https://, and set that address.",
    ],
    [
      "an origin over HTTP",
      { PROJO_ALLOWED_ORIGINS: "http://app.example.com" },
      expect.stringMatching(
        /^PROJO_ALLOWED_ORIGINS has http:\/\/app\.example\.com, and PROJO_ENV is production: .* Serve the pages over https:\/\//,
      ),
    ],
    [
      "PostgreSQL without TLS",
      { DATABASE_URL: "postgres://projo_server:s3cret@db.example.com/projo?sslmode=disable" },
      "DATABASE_URL has sslmode=disable, and PROJO_ENV is production: others on the network can read and change the data of db.example.com. Remove sslmode=disable, and set sslrootcert if the certificate is of a private authority (docs/database.md#tls).",
    ],
    [
      "Redis without TLS",
      { REDIS_URL: "redis://:s3cret@redis.example.com?tls=off" },
      "REDIS_URL has tls=off, and PROJO_ENV is production: others on the network can read its password and change the limits. Use rediss:// (docs/configuration.md#tls).",
    ],
    [
      "a mail server without TLS",
      { PROJO_SMTP_URL: "smtp://relay.example.com:25?tls=off" },
      "PROJO_SMTP_URL has tls=off, and PROJO_ENV is production: others on the network can read mailed links, which open accounts. Use smtps://, or smtp:// without tls=off, which requires STARTTLS (docs/configuration.md#tls).",
    ],
    [
      "unverified certificates",
      { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
      "NODE_TLS_REJECT_UNAUTHORIZED is 0, and PROJO_ENV is production: every connection would accept any certificate. Remove it, and name a private authority in NODE_EXTRA_CA_CERTS (docs/configuration.md#tls).",
    ],
    [
      "the owner's login",
      { PROJO_DATABASE_OWNER_URL: "postgres://owner:s3cret@db.example.com/projo" },
      "PROJO_DATABASE_OWNER_URL is set, and PROJO_ENV is production: the server must not hold the owner's login. Run `projostack migrate` with it before the server starts (docs/database.md).",
    ],
    [
      "the operator's login",
      { PROJO_OPERATOR_DATABASE_URL: "postgres://operator:s3cret@db.example.com/projo" },
      "PROJO_OPERATOR_DATABASE_URL is set, and PROJO_ENV is production: the server must not hold the operator's login. Set it only for the operator's commands of projostack (docs/operations.md).",
    ],
  ])("refuses %s", (_, change, line) => {
    expect(linesOf({ ...complete, ...change })).toEqual([line]);
  });

  it("reports all problems in one message, without a secret", () => {
    const lines = linesOf({
      PROJO_ENV: "production",
      PROJO_TOKEN_KEYS: zeros,
      DATABASE_URL: "postgres://projo_server:s3cret@db.example.com/projo?sslmode=disable",
      REDIS_URL: "redis://:s3cret@redis.example.com?tls=off",
      PROJO_SMTP_URL: "smtp://relay.example.com?tls=off",
      PROJO_MAIL_FROM: "mail@example.com",
      PROJO_APP_URL: "http://app.example.com",
      PROJO_TRUSTED_PROXY: "10.0.0.1",
      PROJO_COLOUR: "blue",
      PORT: "http",
    });
    expect(lines.map((line) => line.split(" ")[0])).toEqual([
      "PORT",
      "PROJO_TOKEN_KEYS",
      "DATABASE_URL",
      "REDIS_URL",
      "PROJO_SMTP_URL",
      "PROJO_APP_URL",
      "PROJO_COLOUR",
      "PROJO_TRUSTED_PROXY",
    ]);
    expect(lines.join()).not.toMatch(/s3cret|AAAA/);
  });
});

it("A6 accepts the environment in docs/operating/configure.md, with files for its secrets", () => {
  const page = readFileSync(new URL("../../../../docs/operating/configure.md", import.meta.url), "utf8");
  const [, block = ""] = /<!-- environment -->\s+```sh\n(.*?)```/s.exec(page) ?? [];
  const entries = block
    .trim()
    .split("\n")
    .map((line) => line.split(/=(.*)/s).slice(0, 2));
  const directory = mkdtempSync(join(tmpdir(), "projo-configure-"));
  try {
    const env = Object.fromEntries(
      entries.map(([name = "", value = ""]) => {
        if (!name.endsWith("_FILE")) return [name, value];
        const secret = new Map<string, string>(Object.entries(complete)).get(name.replace("_FILE", ""));
        const file = join(directory, name);
        writeFileSync(file, `${secret}\n`);
        return [name, file];
      }),
    );
    expect(Object.keys(env)).toEqual(expect.arrayContaining(["PROJO_ENV", "PROJO_TOKEN_KEYS_FILE"]));
    expect(linesOf(env)).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

describe("A6 a server outside production that other machines can reach", () => {
  const exposed = { ...complete, PROJO_ENV: "", REDIS_URL: "", PROJO_ALLOWED_ORIGINS: "" };

  it("refuses weak keys too", () => {
    expect(linesOf({ ...exposed, PROJO_TOKEN_KEYS: zeros })).toEqual([
      expect.stringMatching(/^PROJO_TOKEN_KEYS has a weak key/),
    ]);
    expect(linesOf({ PROJO_TOKEN_KEYS: zeros })).toEqual([]);
  });

  it("a server is told that PROJO_ENV is not set, and what production would refuse", () => {
    expect(readConfig(exposed).warnings).toEqual([
      "PROJO_ENV is not set, and the database is at db.example.com: this server accepts settings that production refuses. Set PROJO_ENV=production where others use it.",
    ]);
    const unsafe = { ...exposed, PROJO_TOKEN_KEYS: "auto", PROJO_APP_URL: "http://app.example.com" };
    expect(readConfig(unsafe).warnings[0]).toMatch(
      / Production would refuse PROJO_TOKEN_KEYS, PROJO_APP_URL\.$/,
    );
    expect(readConfig({ ...unsafe, PROJO_ENV: "development" }).warnings).toEqual([]);
    expect(readConfig({}).warnings).toEqual([]);
  });
});
