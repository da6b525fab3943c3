import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

describe("the configuration", () => {
  it("every variable has a default, and empty variables count as absent", () => {
    const config = readConfig({});
    expect(config).toEqual({
      isLocal: true,
      isProduction: false,
      warnings: [],
      host: "127.0.0.1",
      port: 4000,
      dataDir: resolve(".projo"),
      databaseUrl: null,
      databaseOwnerUrl: null,
      operatorDatabaseUrl: null,
      databasePoolSize: 16,
      databasePooled: false,
      databaseDurability: "postgres",
      databaseLayout: "single",
      databaseReplica: null,
      tokenKeys: null,
      connections: {
        inAll: 2_000,
        perAddress: 200,
        headersMs: 10_000,
        requestMs: 30_000,
        idleMs: 72_000,
        unreadMs: 15_000,
        unreadBytes: 64 * 1024 * 1024,
      },
      drainMs: 0,
      logLevel: "info",
      passwordMinLength: 15,
      appUrl: null,
      cookieDomain: null,
      argon2Parallel: null,
      libuvThreads: 4,
      limitsFactor: 1,
      budgets: { account: 60_000, workspace: 240_000 },
      quotas: {
        projects: 10_000,
        tasks: 1_000_000,
        members: 5_000,
        pendingInvites: 1_000,
        serviceKeys: 100,
      },
      mailFrom: { name: "ProjoStack", address: "projostack@localhost" },
      allowedOrigins: [],
      redisUrl: null,
      smtp: null,
      trustedProxies: [],
      notices: { removed: true, roleChanged: true },
      invitesNeedVerifiedEmail: true,
      usesFastPath: true,
      servesDocs: true,
      webDirectory: { path: resolve("apps/web/dist"), isChosen: false },
      metricsAddress: null,
      metricsToken: null,
      tracing: null,
    });
    expect(readConfig({ PORT: "", DATABASE_URL: "", PROJO_TOKEN_KEYS: "" })).toEqual(config);
  });

  it("reads the given variables", () => {
    const config = readConfig({
      PORT: "0",
      HOST: "::1",
      PROJO_PASSWORD_MIN_LENGTH: "8",
      PROJO_LOG_LEVEL: "silent",
      PROJO_INVITES_NEED_VERIFIED_EMAIL: "false",
      PROJO_FAST_PATH: "false",
      PROJO_DATABASE_POOLER: "transaction",
    });
    expect(config).toMatchObject({
      databasePooled: true,
      port: 0,
      host: "::1",
      passwordMinLength: 8,
      logLevel: "silent",
      invitesNeedVerifiedEmail: false,
      usesFastPath: false,
    });
  });

  it("refuses the layout citus for the embedded database", () => {
    expect(problemOf({ PROJO_DATABASE_LAYOUT: "citus" })).toContain(
      "PROJO_DATABASE_LAYOUT is citus, but DATABASE_URL",
    );
    const url = "postgres://projo_server:secret@localhost:5432/projo";
    expect(readConfig({ PROJO_DATABASE_LAYOUT: "citus", DATABASE_URL: url }).databaseLayout).toBe("citus");
  });

  it("reads a replica, and refuses one without DATABASE_URL, for Citus, and without TLS in production", () => {
    const url = "postgres://projo_server:secret@localhost:5432/projo";
    const replica = "postgres://projo_server:secret@replica.example.com:5432/projo";
    const config = readConfig({
      DATABASE_URL: url,
      PROJO_DATABASE_REPLICA_URL: `${replica}?connection_limit=4&pgbouncer=true`,
      PROJO_DATABASE_REPLICA_MAX_LAG_MS: "20",
    });
    expect(config.databaseReplica).toMatchObject({ poolSize: 4, isPooled: true, maxLagMs: 20 });
    const setting = { PROJO_DATABASE_REPLICA_URL: replica };
    expect(problemOf(setting)).toContain("PROJO_DATABASE_REPLICA_URL needs DATABASE_URL beside it");
    expect(problemOf({ ...setting, DATABASE_URL: url, PROJO_DATABASE_LAYOUT: "citus" })).toContain(
      "PROJO_DATABASE_REPLICA_URL is set, and PROJO_DATABASE_LAYOUT is citus",
    );
    const plain = { PROJO_DATABASE_REPLICA_URL: `${replica}?sslmode=disable`, DATABASE_URL: url };
    expect(problemOf({ ...plain, PROJO_ENV: "production" })).toContain(
      "PROJO_DATABASE_REPLICA_URL has sslmode=disable",
    );
    const wrong = problemOf({ DATABASE_URL: url, PROJO_DATABASE_REPLICA_URL: "a secret text" });
    expect(wrong).toContain("PROJO_DATABASE_REPLICA_URL");
    expect(wrong).not.toContain("a secret text");
  });

  it.each([
    ["PROJO_DATABASE_REPLICA_POOL", "0"],
    ["PROJO_DATABASE_REPLICA_MAX_LAG_MS", "2001"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "http"],
    ["PORT", "80 "],
    ["PORT", "1e3"],
    ["PROJO_DATABASE_POOL", "0"],
    ["PROJO_DATABASE_POOL", "501"],
    ["PROJO_DATABASE_POOLER", "session"],
    ["PROJO_DATABASE_LAYOUT", "sharded"],
    ["PROJO_PASSWORD_MIN_LENGTH", "7"],
    ["PROJO_PASSWORD_MIN_LENGTH", "65"],
    ["PROJO_LOG_LEVEL", "loud"],
    ["PROJO_CONNECTIONS", "9"],
    ["PROJO_CONNECTIONS_PER_ADDRESS", "0"],
    ["PROJO_HEADERS_SECONDS", "0"],
    ["PROJO_REQUEST_SECONDS", "601"],
    ["PROJO_IDLE_SECONDS", "0"],
    ["PROJO_UNREAD_SECONDS", "0"],
    ["PROJO_UNREAD_MB", "0"],
    ["PROJO_DRAIN_SECONDS", "601"],
    ["PROJO_DRAIN_SECONDS", "-1"],
    ["PROJO_INVITES_NEED_VERIFIED_EMAIL", "no"],
  ])("the message about %s names the variable, the expected form and the wrong value %j", (name, value) => {
    const message = problemOf({ [name]: value });
    expect(message).toMatch(new RegExp(`^${name} must be .+, such as|^${name} must be `));
    expect(message).toContain(JSON.stringify(value));
    expect(message).not.toContain("\n");
  });

  it.each([
    ["DATABASE_URL", "mysql://root:hunter2@host/db"],
    ["DATABASE_URL", "hunter2"],
    ["PROJO_DATABASE_OWNER_URL", "http://owner:hunter2@host/db"],
  ])("the message about a wrong %s does not contain its value, which may hold a password", (name, value) => {
    const message = problemOf({ [name]: value });
    expect(message).toContain(`${name} must be `);
    expect(message).not.toContain("hunter2");
  });

  it("F3 a server in production serves for 5 s after the signal to stop, unless PROJO_DRAIN_SECONDS says otherwise", () => {
    const production = {
      PROJO_ENV: "production",
      PROJO_TOKEN_KEYS: `1:${createHash("sha256").update("a key").digest("base64url")}`,
      PROJO_SMTP_URL: "smtps://user:secret@mail.example.com",
      PROJO_MAIL_FROM: "mail@example.com",
      PROJO_APP_URL: "https://app.example.com",
      DATABASE_URL: "postgres://projo_server:secret@db.example.com/projo",
    };
    expect(readConfig(production).drainMs).toBe(5_000);
    expect(readConfig({ ...production, PROJO_DRAIN_SECONDS: "0" }).drainMs).toBe(0);
    expect(readConfig({ PROJO_DRAIN_SECONDS: "600" }).drainMs).toBe(600_000);
  });

  it("reports all wrong variables together, one line each", () => {
    const lines = problemOf({ PORT: "x", PROJO_LOG_LEVEL: "x", PROJO_DATABASE_POOL: "x" }).split("\n");
    expect(lines.map((line) => line.split(" ")[0])).toEqual([
      "PORT",
      "PROJO_DATABASE_POOL",
      "PROJO_LOG_LEVEL",
    ]);
  });

  it("requires the server's own login when the owner's login is set", () => {
    expect(problemOf({ PROJO_DATABASE_OWNER_URL: "postgres://owner:hunter2@host/db" })).toBe(
      "PROJO_DATABASE_OWNER_URL needs DATABASE_URL beside it: the login that the server itself uses.",
    );
  });
});

function problemOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("The configuration was accepted.");
}
