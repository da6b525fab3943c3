// An upgrade from a build whose tokens have no check. The `upgrades` row says when the server changes to checked tokens,
// and the tests move that time. tokens.test.ts compares the plain tokens with those of the previous build, byte for byte.
import { randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseKeyRing } from "../../src/identity/key-ring.ts";
import {
  formatAccessToken,
  formatOneTimeToken,
  formatRefreshToken,
  parseAccessToken,
  parseRefreshToken,
  type TokenForm,
} from "../../src/identity/tokens/tokens.ts";
import { call, layWatchedWire, startServerOver, type TestServer } from "../kit/index.ts";
import {
  databaseNow,
  ageSession,
  me,
  newHolder,
  refreshWith,
  sessionRow,
  unlimited,
  type Holder,
  type TokensAnswer,
} from "./holder.ts";

const PROJO_TOKEN_KEYS = `3:${randomBytes(32).toString("base64url")}`;
const keys = parseKeyRing(PROJO_TOKEN_KEYS);
const env = { ...unlimited, PROJO_TOKEN_KEYS };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Starts a server. @param change the time of the change to checked tokens, as an SQL expression */
async function serverWith(change: string, more: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  await database.owner(`UPDATE upgrades SET at = ${change} WHERE name = 'checked_tokens'`);
  return startServerOver(database, { ...env, ...more });
}

async function withServer<T>(change: string, work: (server: TestServer) => Promise<T>): Promise<T> {
  const server = await serverWith(change);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

const refreshOf = ({ salt, sessionId }: Holder, generation: number, form: TokenForm) =>
  formatRefreshToken(keys, salt, { sessionId, generation }, form);

async function accessOf(server: TestServer, { salt, sessionId }: Holder, form: TokenForm): Promise<string> {
  const expiresAtSeconds = Math.floor((await databaseNow(server)) / 1000) + 600;
  return formatAccessToken(keys, salt, { sessionId, generation: 1, expiresAtSeconds }, form);
}

const formsOf = (tokens: { accessToken: string; refreshToken: string }) => [
  parseAccessToken(tokens.accessToken)?.form,
  parseRefreshToken(tokens.refreshToken)?.form,
];

const AHEAD = "now() + interval '1 hour'";
const JUST_PASSED = "now() - interval '1 minute'";
const HOURS_AGO = "now() - interval '3 hours'";
const A_MONTH_AGO = "now() - interval '31 days'";

describe("Before the change to checked tokens", () => {
  it("sign-ups and refreshes return plain tokens, which the previous build accepts", async () => {
    await withServer(AHEAD, async (server) => {
      const holder = await newHolder(server, keys);
      const { status, data } = await refreshWith(server.url, refreshOf(holder, 1, "plain"));
      expect([status, data.refreshToken]).toEqual([200, refreshOf(holder, 2, "plain")]);
      expect(formsOf(data)).toEqual(["plain", "plain"]);
      expect((await me(server.url, data.accessToken)).status).toBe(200);
      const input = { email: `${randomUUID()}@example.com`, password: "correct horse battery staple" };
      const signedUp: TokensAnswer = await call(server.url, "auth.signUp", { input });
      expect(formsOf(signedUp.data)).toEqual(["plain", "plain"]);
    });
  });

  it("a plain token with a wrong code is refused with 401 and ends no session", async () => {
    await withServer(AHEAD, async (server) => {
      const holder = await newHolder(server, keys);
      const [right, wrong] = [refreshOf(holder, 1, "plain"), parseKeyRing(`3:${"A".repeat(43)}`)];
      const { salt, sessionId } = holder;
      const forged = formatRefreshToken(wrong, salt, { sessionId, generation: 1 }, "plain");
      expect((await refreshWith(server.url, forged)).status).toBe(401);
      expect((await me(server.url, `pja_${right.slice(4)}`)).status).toBe(401);
      expect((await sessionRow(server, sessionId))?.generation).toBe(1);
      expect((await refreshWith(server.url, right)).status).toBe(200);
    });
  });
});

describe("After the change to checked tokens", () => {
  it("a refresh with a plain token returns checked tokens, with which the session continues", async () => {
    await withServer(HOURS_AGO, async (server) => {
      const holder = await newHolder(server, keys);
      const { status, data } = await refreshWith(server.url, refreshOf(holder, 1, "plain"));
      expect([status, data.refreshToken]).toEqual([200, refreshOf(holder, 2, "checked")]);
      expect(formsOf(data)).toEqual(["checked", "checked"]);
      expect((await me(server.url, data.accessToken)).status).toBe(200);
      expect((await refreshWith(server.url, data.refreshToken)).status).toBe(200);
      // The plain token is now spent, as a checked one would be.
      expect((await refreshWith(server.url, refreshOf(holder, 1, "plain"))).error?.reason).toBe(
        "auth.token_reused",
      );
    });
  });

  it("plain access tokens work until the last one expires, and plain refresh tokens for 30 days", async () => {
    await withServer(JUST_PASSED, async (server) => {
      expect(
        (await me(server.url, await accessOf(server, await newHolder(server, keys), "plain"))).status,
      ).toBe(200);
    });
    await withServer(HOURS_AGO, async (server) => {
      const holder = await newHolder(server, keys);
      expect((await me(server.url, await accessOf(server, holder, "plain"))).status).toBe(401);
      expect((await refreshWith(server.url, refreshOf(holder, 1, "plain"))).status).toBe(200);
    });
    await withServer(A_MONTH_AGO, async (server) => {
      const holder = await newHolder(server, keys);
      expect((await me(server.url, await accessOf(server, holder, "plain"))).status).toBe(401);
      expect((await refreshWith(server.url, refreshOf(holder, 1, "plain"))).status).toBe(401);
      expect((await refreshWith(server.url, refreshOf(holder, 1, "checked"))).status).toBe(200);
    });
  });

  it("plain mailed tokens work until they expire", async () => {
    for (const [change, status] of [
      [HOURS_AGO, 200],
      [A_MONTH_AGO, 401],
    ] as const) {
      await withServer(change, async (server) => {
        const { person, salt } = await newHolder(server, keys);
        const id = randomUUID();
        await database.owner(
          `INSERT INTO one_time_tokens (id, user_id, purpose, salt, expires_at)
           VALUES ($1, $2, 'email.verify', $3, now() + interval '1 hour')`,
          [id, person.id, salt],
        );
        const token = formatOneTimeToken(keys, salt, { id, purpose: "email.verify" }, "plain");
        expect((await call(server.url, "email.verify", { input: { token } })).status).toBe(status);
      });
    }
  });

  it("I14 the server sends no query about a workspace or a membership until it has verified a plain token's code", async () => {
    const wire = await layWatchedWire(database.url);
    const server = await serverWith(JUST_PASSED, { DATABASE_URL: wire.url });
    try {
      const holder = await newHolder(server, keys);
      const [workspaceId, taskId] = [randomUUID(), randomUUID()];
      const genuine = await accessOf(server, holder, "plain");
      const bytes = Buffer.from(genuine.slice(4), "base64url");
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
      const ask = (token: string) =>
        call(server.url, "tasks.get", { token, workspaceId, input: { id: taskId } });
      expect((await ask(`pja_${bytes.toString("base64url")}`)).status).toBe(401);
      expect([wire.sent(holder.sessionId) > 0, wire.sent(taskId), wire.sent(workspaceId)]).toEqual([
        true,
        0,
        0,
      ]);
      expect((await ask(genuine)).status).toBe(404);
      expect([wire.sent(taskId), wire.sent(workspaceId)]).toEqual([0, 1]);
    } finally {
      await server.close();
      await wire.end();
    }
  });
});

describe("S2 Concurrent refreshes at two servers, one started before the change and one after it,", () => {
  it.each([
    ["a session from before the change", true],
    ["a session from after the change", false],
  ])("advance the session by one step and return one refresh token: %s", async (_, isOld) => {
    const early = await serverWith("now() + interval '1 second'");
    const late = await startServerOver(database, env);
    try {
      const holder = await newHolder(early, keys);
      await ageSession(early, holder.sessionId, isOld ? 60 * 60 : -60 * 60);
      const given = refreshOf(holder, 1, isOld ? "plain" : "checked");
      const answers = await Promise.all(
        Array.from({ length: 40 }, (__, at) => refreshWith((at % 2 === 0 ? early : late).url, given)),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(answers.map(({ data }) => data.refreshToken)).size).toBe(1);
      expect((await sessionRow(early, holder.sessionId))?.generation).toBe(2);
    } finally {
      await early.close();
      await late.close();
    }
  });
});

const MIGRATION = "../../../../packages/db/prisma/migrations/20261128010000_token_check/migration.sql";

describe("The migration", () => {
  it("sets the change to now for a database without accounts, and to a day later for any other", async () => {
    const sql = await readFile(new URL(MIGRATION, import.meta.url), "utf8");
    const [insert = ""] = /INSERT INTO "upgrades"[\s\S]*?;/.exec(sql) ?? [];
    const own = await createTestDatabase();
    try {
      const at = async () => {
        const [row] = await own.owner<{ at: string }>("SELECT at::text FROM upgrades");
        return row?.at;
      };
      expect(await at()).toBe("-infinity");
      await own.owner(
        `DELETE FROM upgrades; INSERT INTO users (id, email, password_hash)
         VALUES (gen_random_uuid(), 'ada@example.com', 'x'); ${insert}`,
      );
      const [row] = await own.owner<{ hours: number }>(
        "SELECT extract(epoch FROM at - now())::integer / 3600.0 AS hours FROM upgrades",
      );
      expect(Number(row?.hours)).toBeGreaterThan(23.9);
      expect(Number(row?.hours)).toBeLessThanOrEqual(24);
    } finally {
      await own.drop();
    }
  });
});
