import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseKeyRing } from "../../src/identity/key-ring.ts";
import { call, password, startTestServer, type TestServer } from "../kit/index.ts";
import {
  databaseNow,
  ageSession,
  me,
  newHolder,
  refreshWith,
  sessionRow,
  signInWith,
  unlimited,
  type TokensAnswer,
} from "./holder.ts";
import { startServerProcess, type ServerProcess } from "./server-process.ts";

const HOUR = 60 * 60;
const DAY = 24 * HOUR;
const PROJO_TOKEN_KEYS = `1:${randomBytes(32).toString("base64url")}`;
const keys = parseKeyRing(PROJO_TOKEN_KEYS);

let right: TestServer;
beforeAll(async () => {
  right = await startTestServer({ ...unlimited, PROJO_TOKEN_KEYS });
});
afterAll(() => right.close());

const holder = () => newHolder(right, keys);

describe.each([
  { when: "a day fast", days: 1 },
  { when: "a day slow", days: -1 },
])("A server whose clock is $when", ({ days }) => {
  let wrong: ServerProcess;
  beforeAll(async () => {
    wrong = await startServerProcess({
      clockShiftMs: days * DAY * 1000,
      env: { ...unlimited, PROJO_TOKEN_KEYS, DATABASE_URL: right.database.url },
    });
  });
  afterAll(() => wrong.stop());

  it("S9 logs the wrong time of day", async () => {
    await me(wrong.url, "none");
    // The server writes the log line about 100 ms after the response.
    await expect.poll(() => wrong.logLines.length, { timeout: 10_000 }).toBeGreaterThan(0);
    const logged = JSON.parse(wrong.logLines.at(-1) ?? "") as { time: number };
    expect(Math.abs(logged.time - Date.now() - days * DAY * 1000)).toBeLessThan(HOUR * 1000);
  });

  it("S9 accepts an access token exactly until it expires", async () => {
    const { access } = await holder();
    expect((await me(wrong.url, await access(1, 540))).status).toBe(200);
    expect((await me(wrong.url, await access(1, -5))).status).toBe(401);
  });

  it("S9 issues tokens with correct expiry times, and both servers accept them", async () => {
    const input = { email: `clock${days}@example.com`, password };
    const up: TokensAnswer = await call(wrong.url, "auth.signUp", { input });
    const now = await databaseNow(right);
    for (const { data } of [
      up,
      await signInWith(wrong.url, input.email, password),
      await refreshWith(wrong.url, up.data.refreshToken),
    ]) {
      expect((Date.parse(data.accessTokenExpiresAt) - now) / 1000).toBeGreaterThan(590);
      expect((Date.parse(data.accessTokenExpiresAt) - now) / 1000).toBeLessThan(660);
      expect((Date.parse(data.session.expiresAt) - now) / 1000 / DAY).toBeCloseTo(14, 1);
      for (const { url } of [right, wrong]) expect((await me(url, data.accessToken)).status).toBe(200);
    }
  });

  it("S9 ends a session at its expiry and extends it in its second half, by the database's clock", async () => {
    const nearlyOver = await holder();
    await ageSession(right, nearlyOver.sessionId, 14 * DAY - HOUR);
    expect((await me(wrong.url, await nearlyOver.access(1))).status).toBe(200);
    const slid =
      ((await sessionRow(right, nearlyOver.sessionId))?.expires_at.getTime() ?? 0) -
      (await databaseNow(right));
    expect(slid / 1000 / DAY).toBeCloseTo(14, 1);

    const beforeHalf = await holder();
    await ageSession(right, beforeHalf.sessionId, 6.5 * DAY);
    expect((await me(wrong.url, await beforeHalf.access(1))).status).toBe(200);
    const left =
      ((await sessionRow(right, beforeHalf.sessionId))?.expires_at.getTime() ?? 0) -
      (await databaseNow(right));
    expect(left / 1000 / DAY).toBeCloseTo(7.5, 1);

    const over = await holder();
    await ageSession(right, over.sessionId, 14 * DAY + 60);
    expect((await me(wrong.url, await over.access(1))).status).toBe(401);
    expect((await refreshWith(wrong.url, over.refresh(1))).status).toBe(401);
  });

  it("S9 accepts a repeated refresh token for 30 seconds and detects its reuse afterwards", async () => {
    const { sessionId, refresh } = await holder();
    const first = await refreshWith(wrong.url, refresh(1));
    expect((await me(wrong.url, first.data.accessToken)).status).toBe(200);
    await ageSession(right, sessionId, 20);
    expect((await refreshWith(wrong.url, refresh(1))).data.refreshToken).toBe(first.data.refreshToken);
    await ageSession(right, sessionId, 20);
    expect((await refreshWith(wrong.url, refresh(1))).error?.reason).toBe("auth.token_reused");
  });
});
