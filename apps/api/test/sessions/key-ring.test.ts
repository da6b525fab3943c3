import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseKeyRing } from "../../src/identity/key-ring.ts";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { me, newHolder, refreshWith, sessionRow, unlimited, type Holder } from "./holder.ts";

const [first, second] = [1, 2].map((kid) => `${kid}:${randomBytes(32).toString("base64url")}`);
const oldKeys = `${first}`;
const bothKeys = `${second},${first}`;
const newKeys = `${second}`;

// Three servers over one database: before, during and after a change of keys.
let before: TestServer;
let during: TestServer;
let after: TestServer;
beforeAll(async () => {
  before = await startTestServer({ ...unlimited, PROJO_TOKEN_KEYS: oldKeys });
  const DATABASE_URL = before.database.url;
  during = await startTestServer({ ...unlimited, DATABASE_URL, PROJO_TOKEN_KEYS: bothKeys });
  after = await startTestServer({ ...unlimited, DATABASE_URL, PROJO_TOKEN_KEYS: newKeys });
});
afterAll(async () => {
  await during.close();
  await after.close();
  await before.close();
});

const kidOf = (token: string) => Buffer.from(token.slice(4), "base64url").readUInt16BE(0);
const holder = (): Promise<Holder> => newHolder(before, parseKeyRing(oldKeys));

it("A server with both keys accepts tokens of the old key and issues tokens of the new key", async () => {
  const { refresh, access } = await holder();
  expect(kidOf(refresh(1))).toBe(1);
  expect((await me(during.url, await access(1))).status).toBe(200);
  const { status, data } = await refreshWith(during.url, refresh(1));
  expect(status).toBe(200);
  expect([kidOf(data.accessToken), kidOf(data.refreshToken)]).toEqual([2, 2]);
  for (const { url } of [during, after]) expect((await me(url, data.accessToken)).status).toBe(200);
  const next = await refreshWith(after.url, data.refreshToken);
  expect(next.status).toBe(200);
  // A server that does not have the new key yet refuses its tokens and ends no session.
  expect((await me(before.url, data.accessToken)).status).toBe(401);
  expect((await refreshWith(before.url, data.refreshToken)).status).toBe(401);
  expect((await me(after.url, next.data.accessToken)).status).toBe(200);
});

it("The reuse of a refresh token of the old key ends its session", async () => {
  const { sessionId, refresh } = await holder();
  const { data } = await refreshWith(during.url, refresh(1));
  await refreshWith(during.url, data.refreshToken);
  const replay = await refreshWith(during.url, refresh(1));
  expect(replay.error?.reason).toBe("auth.token_reused");
  expect(await sessionRow(before, sessionId)).toBeUndefined();
});

it("A server without the old key refuses its tokens with 401 and ends no session", async () => {
  const { sessionId, refresh, access } = await holder();
  const refused = await me(after.url, await access(1));
  expect([refused.status, refused.error?.reason]).toEqual([401, "auth.unauthenticated"]);
  const refreshed = await refreshWith(after.url, refresh(1));
  expect([refreshed.status, refreshed.error?.reason]).toEqual([401, "auth.unauthenticated"]);
  expect((await sessionRow(before, sessionId))?.generation).toBe(1);
  expect((await refreshWith(before.url, refresh(1))).status).toBe(200);
});
