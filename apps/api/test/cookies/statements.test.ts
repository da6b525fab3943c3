// The statements of requests with session cookies: a cookie of another server costs none, and an ordinary request costs no more
// than with a bearer token.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseKeyRing } from "../../src/identity/key-ring.ts";
import { formatCookieToken } from "../../src/identity/tokens/tokens.ts";
import {
  call,
  layWatchedWire,
  plantWorkspace,
  startServerOver,
  startTestServer,
  type TestServer,
  type WatchedWire,
} from "../kit/index.ts";
import { COOKIE, newCookieHolder, passTime, type CookieHolder } from "./holder.ts";

const DAY = 24 * 60 * 60;
const PROJO_TOKEN_KEYS = `1:${randomBytes(32).toString("base64url")}`;

let plain: TestServer;
let wire: WatchedWire;
let server: TestServer;
beforeAll(async () => {
  plain = await startTestServer({ PROJO_TOKEN_KEYS });
  wire = await layWatchedWire(plain.database.url);
  // Without the fast path, no read is prefetched.
  server = await startServerOver(plain.database, {
    PROJO_TOKEN_KEYS,
    DATABASE_URL: wire.url,
    PROJO_FAST_PATH: "true",
  });
});
afterAll(async () => {
  await server.close();
  await wire.end();
  await plain.close();
});

/** Every lookup of a session, and every change of one. */
const sent = () => wire.sent("projo_session", "projo_cookie_session", "sessions");

const statementsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = sent();
  await work();
  return sent() - before;
};

const newSession = (): Promise<CookieHolder> =>
  newCookieHolder({ ...plain, keys: parseKeyRing(PROJO_TOKEN_KEYS) });

describe("A cookie that this server did not issue", () => {
  it("the cookie is refused without a statement", async () => {
    const { salt, sessionId, token, browser } = await newSession();
    const foreign = parseKeyRing(`1:${randomBytes(32).toString("base64url")}`);
    const genuine = token(1);
    const forged = [
      formatCookieToken(foreign, salt, { sessionId, generation: 1 }),
      `${genuine.slice(0, -1)}${genuine.endsWith("A") ? "B" : "A"}`,
      genuine.slice(0, -16),
      genuine.replace("pjs_", "pja_"),
      genuine.replace("pjs_", "pjr_"),
      "pjs_",
      "",
      "x".repeat(4_000),
    ];
    for (const value of forged) {
      const tab = browser(1, server.url);
      tab.jar.set(COOKIE, value);
      const count = await statementsOf(async () => {
        const answer = await tab.call("auth.me");
        expect([answer.status, answer.error?.reason], value).toEqual([401, "auth.unauthenticated"]);
      });
      expect(count, value).toBe(0);
      expect(tab.jar.size, value).toBe(0);
    }
    const two = { cookie: `${COOKIE}=${genuine}; ${COOKIE}=${forged[0] ?? ""}`, "x-session": "cookie" };
    const count = await statementsOf(async () => {
      const answer = await call(server.url, "auth.me", { headers: two });
      expect(answer.error?.reason).toBe("auth.unauthenticated");
      expect(answer.text).toContain("two session cookies");
    });
    expect(count).toBe(0);
    expect((await browser(1, server.url).call("auth.me")).status).toBe(200);
  });

  it("the cookie is not looked up by a sign-out", async () => {
    const { browser } = await newSession();
    const tab = browser(1, server.url);
    tab.jar.set(COOKIE, "pjs_made_up");
    expect(await statementsOf(() => tab.call("auth.signOut", {}))).toBe(0);
    expect(tab.jar.size).toBe(0);
  });
});

describe("A request with a session cookie", () => {
  it("costs as many statements as with a bearer token, also a prefetched read", async () => {
    const { person, browser } = await newSession();
    const workspaceId = await plantWorkspace(plain, person);
    const tab = browser(1, server.url);
    const own = server.database;
    expect(own).toBe(plain.database);
    // The bearer session confirms its token at its first use.
    await call(server.url, "auth.me", { token: person.token });
    for (const [name, input] of [
      ["auth.me", undefined],
      ["tasks.list", {}],
      ["projects.list", {}],
    ] as const) {
      const bearer = await statementsOf(() =>
        call(server.url, name, { token: person.token, workspaceId, input }),
      );
      const cookie = await statementsOf(async () => {
        expect((await tab.call(name, input, { workspaceId })).status).toBe(200);
      });
      expect([name, cookie]).toEqual([name, bearer]);
      expect(cookie).toBe(1);
    }
    expect(wire.sent("projo_cookie_session_prefetching")).toBeGreaterThan(0);
  });

  it("costs one statement more when the cookie is replaced, and then no more", async () => {
    const { sessionId, browser } = await newSession();
    await passTime(plain, sessionId, DAY);
    const tab = browser(1, server.url);
    expect(await statementsOf(() => tab.call("auth.me"))).toBe(2);
    expect(await statementsOf(() => tab.call("auth.me"))).toBe(1);
    await passTime(plain, sessionId, 600);
    expect(await statementsOf(() => tab.call("auth.me"))).toBe(2);
    expect(await statementsOf(() => tab.call("auth.me"))).toBe(1);
  });
});

describe("Refused cookies", () => {
  it("refused cookies are counted like other refused credentials", async () => {
    const strict = await startServerOver(plain.database, { PROJO_TOKEN_KEYS, PROJO_LIMITS: "0.1" });
    try {
      const { browser, token } = await newSession();
      const statuses = new Set<number>();
      for (let at = 0; at < 70; at += 1) {
        const tab = browser(1, strict.url);
        tab.jar.set(COOKIE, `${token(1).slice(0, -4)}AAAA`);
        statuses.add((await tab.call("auth.me")).status);
      }
      expect(statuses).toEqual(new Set([401, 429]));
      // A genuine cookie from the same network works.
      expect((await browser(1, strict.url).call("auth.me")).status).toBe(200);
    } finally {
      await strict.close();
    }
  });
});
