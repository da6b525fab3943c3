import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseKeyRing } from "../../src/identity/key-ring.ts";
import { setCookiesOf, startTestServer, type Answer, type TestServer } from "../kit/index.ts";
import { COOKIE, cookieRow, newCookieHolder, passTime } from "./holder.ts";

// Two servers over one database, as in a deployment without downtime.
const PROJO_TOKEN_KEYS = `1:${randomBytes(32).toString("base64url")}`;
let server: TestServer;
let sibling: TestServer;
beforeAll(async () => {
  server = await startTestServer({ PROJO_TOKEN_KEYS });
  sibling = await startTestServer({ PROJO_TOKEN_KEYS, DATABASE_URL: server.database.url });
});
afterAll(async () => {
  await sibling.close();
  await server.close();
});

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

const newSession = () => newCookieHolder({ ...server, keys: parseKeyRing(PROJO_TOKEN_KEYS) });

/** The token that an answer sets; null without one. */
const setBy = (answer: Answer): string | null => setCookiesOf(answer)[0]?.value ?? null;

const eventsOf = (sessionId: string) =>
  server.database.owner<{ action: string; outcome: string; user_id: string; ip: string | null }>(
    "SELECT * FROM account_events WHERE session_id = $1",
    [sessionId],
  );

describe("A cookie that is a day old", () => {
  it("the cookie is replaced by the next answer, which extends the session", async () => {
    const { sessionId, token, browser } = await newSession();
    const tab = browser(1);
    await passTime(server, sessionId, DAY - MINUTE);
    expect(setBy(await tab.call("auth.me"))).toBeNull();
    await passTime(server, sessionId, MINUTE);
    const answer = await tab.call("auth.me", undefined, { headers: { "user-agent": "a new browser" } });
    expect(answer.status).toBe(200);
    const [cookie] = setCookiesOf(answer);
    expect(cookie?.value).toBe(token(2));
    // The session ends 30 days after the sign-in.
    expect(Number(cookie?.attributes["max-age"])).toBeCloseTo(29 * DAY, -2);
    const row = await cookieRow(server, sessionId);
    expect(row).toMatchObject({ generation: 2, confirmed_at: null, user_agent: "a new browser" });
    expect(row?.expires_at.getTime()).toBeCloseTo(Date.now() + 14 * DAY * 1000, -5);
    expect(setBy(await tab.call("auth.me"))).toBeNull();
    expect((await cookieRow(server, sessionId))?.generation).toBe(2);
  });

  it("the cookie is replaced by one successor for fifty parallel requests at two servers", async () => {
    const { sessionId, token, browser } = await newSession();
    await passTime(server, sessionId, DAY);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        browser(1, (at % 2 === 0 ? server : sibling).url).call("auth.me"),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const given = new Set(answers.map(setBy));
    given.delete(null);
    expect(given).toEqual(new Set([token(2)]));
    expect((await cookieRow(server, sessionId))?.generation).toBe(2);
  });

  it("the cookie is replaced by a batch, by a streamed batch, and by a mutation", async () => {
    for (const [path, init] of [
      ["auth.me,sessions.list?batch=1&input={}", {}],
      ["auth.me,sessions.list?batch=1&input={}", { headers: { "trpc-accept": "application/jsonl" } }],
      [
        "workspaces.create?batch=1",
        { method: "POST", body: '{"0":{"name":"One"}}', headers: { "content-type": "application/json" } },
      ],
      [
        "workspaces.create?batch=1",
        {
          method: "POST",
          body: '{"0":{"name":"One"}}',
          headers: { "content-type": "application/json", "trpc-accept": "application/jsonl" },
        },
      ],
    ] as const) {
      const { sessionId, token } = await newSession();
      await passTime(server, sessionId, DAY);
      const response = await fetch(`${server.url}/trpc/${path}`, {
        ...init,
        headers: {
          ...("headers" in init ? init.headers : {}),
          "x-session": "cookie",
          cookie: `${COOKIE}=${token(1)}`,
        },
      });
      expect(response.status, path).toBe(200);
      expect(await response.text()).not.toContain("error");
      const [cookie = ""] = response.headers.getSetCookie();
      expect(cookie.startsWith(`${COOKIE}=${token(2)};`), path).toBe(true);
      expect(response.headers.get("vary"), path).toBe("trpc-accept, accept, x-session, cookie, origin");
    }
  });
});

describe("An old cookie", () => {
  it("works and gets the same successor, for as long as the successor is not used", async () => {
    const { sessionId, token, browser } = await newSession();
    await passTime(server, sessionId, DAY);
    for (const pause of [0, 5, MINUTE, 5 * DAY]) {
      await passTime(server, sessionId, pause);
      expect(setBy(await browser(1).call("auth.me")), `after ${pause} s`).toBe(token(2));
    }
    expect((await cookieRow(server, sessionId))?.generation).toBe(2);
  });

  it("works after a use of the successor that the browser may lose", async () => {
    const { sessionId, token, browser } = await newSession();
    await passTime(server, sessionId, DAY);
    await browser(1).call("auth.me");
    await passTime(server, sessionId, 30);
    expect((await browser(2).call("auth.me")).status).toBe(200);
    expect((await cookieRow(server, sessionId))?.confirmed_at).toBeNull();
    await passTime(server, sessionId, DAY / 2);
    expect(setBy(await browser(1).call("auth.me"))).toBe(token(2));
  });

  it("works for a minute after the successor was used, without a new cookie, and then ends the session", async () => {
    const { person, sessionId, browser } = await newSession();
    await passTime(server, sessionId, DAY);
    await browser(1).call("auth.me");
    await passTime(server, sessionId, 3 * MINUTE);
    expect(setBy(await browser(2).call("auth.me"))).toBeNull();
    expect((await cookieRow(server, sessionId))?.confirmed_at).not.toBeNull();
    await passTime(server, sessionId, 50);
    const late = await browser(1).call("auth.me");
    expect([late.status, setBy(late)]).toEqual([200, null]);
    await passTime(server, sessionId, 20);
    const thief = browser(1);
    const answer = await thief.call("auth.me");
    expect([answer.status, answer.error?.reason]).toEqual([401, "auth.token_reused"]);
    expect(thief.jar.size).toBe(0);
    const owner = browser(2);
    expect((await owner.call("auth.me")).error?.reason).toBe("auth.unauthenticated");
    expect(owner.jar.size).toBe(0);
    expect(await cookieRow(server, sessionId)).toBeUndefined();
    expect(await eventsOf(sessionId)).toMatchObject([
      { action: "token.reused", outcome: "ok", user_id: person.id, ip: "127.0.0.1" },
    ]);
    expect(server.logLines.some((line) => line.includes('"event":"token.reused"'))).toBe(true);
    const reused = server.logLines.filter((line) => line.includes("an old session cookie was used again"));
    expect(reused.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ sessionId, userId: person.id }),
    );
  });

  it("ends the session if it is older than the previous one", async () => {
    const { sessionId, token, browser } = await newSession();
    await passTime(server, sessionId, DAY);
    await browser(1).call("auth.me");
    await passTime(server, sessionId, DAY);
    // The first use of a cookie that is already old is recorded, and the next one replaces it.
    expect(setBy(await browser(2).call("auth.me"))).toBeNull();
    await passTime(server, sessionId, 2 * MINUTE);
    expect(setBy(await browser(2).call("auth.me"))).toBe(token(3));
    expect((await browser(1).call("auth.me")).error?.reason).toBe("auth.token_reused");
    expect(await cookieRow(server, sessionId)).toBeUndefined();
  });

  it("ends the session in a streamed batch, and the answer deletes the cookie", async () => {
    const { sessionId, token, browser } = await newSession();
    await passTime(server, sessionId, DAY);
    await browser(1).call("auth.me");
    await passTime(server, sessionId, DAY);
    await browser(2).call("auth.me");
    await passTime(server, sessionId, 2 * MINUTE);
    const response = await fetch(`${server.url}/trpc/auth.me,system.health?batch=1&input={}`, {
      headers: { "trpc-accept": "application/jsonl", "x-session": "cookie", cookie: `${COOKIE}=${token(1)}` },
    });
    expect(response.headers.getSetCookie()[0]).toMatch(/^projo_session=; Max-Age=0;/);
    const text = await response.text();
    expect(text).toContain("auth.token_reused");
    expect(text).toContain('"status":"ok"');
  });
});

describe("A cookie of a future generation", () => {
  it("the cookie is refused and changes nothing, because a backup may have been restored", async () => {
    const { sessionId, browser } = await newSession();
    expect((await browser(2).call("auth.me")).error?.reason).toBe("auth.unauthenticated");
    expect((await cookieRow(server, sessionId))?.generation).toBe(1);
    expect(server.logLines.some((line) => line.includes("a session cookie is ahead of its session"))).toBe(
      true,
    );
  });
});

describe("The end of a session", () => {
  it("comes after 14 days without use", async () => {
    const { sessionId, browser } = await newSession();
    await passTime(server, sessionId, 14 * DAY - MINUTE);
    expect((await browser(1).call("auth.me")).status).toBe(200);
    await passTime(server, sessionId, 14 * DAY);
    const tab = browser(2);
    expect((await tab.call("auth.me")).error?.reason).toBe("auth.unauthenticated");
    expect(tab.jar.size).toBe(0);
    expect(await cookieRow(server, sessionId)).toBeUndefined();
  });

  it("comes 30 days after the sign-in, and no cookie lasts longer", async () => {
    const { sessionId, browser } = await newSession();
    const tab = browser(1);
    for (let day = 1; day < 30; day += 1) {
      await passTime(server, sessionId, DAY - 2 * MINUTE);
      await tab.call("auth.me");
      await passTime(server, sessionId, 2 * MINUTE);
      const [cookie] = setCookiesOf(await tab.call("auth.me"));
      expect(Number(cookie?.attributes["max-age"])).toBeCloseTo((30 - day) * DAY, -2);
    }
    await passTime(server, sessionId, DAY);
    expect((await tab.call("auth.me")).error?.reason).toBe("auth.unauthenticated");
  });
});
