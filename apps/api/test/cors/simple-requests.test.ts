// B1 Requests that a page may send to any origin without a preflight: they change nothing.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sent } from "../equality/exchange.ts";
import { startServerOver, startTestServer, type TestServer } from "../kit/index.ts";
import { allowing, APP, askFrom, FOREIGN, permissionFor, permissionIn } from "./origins.ts";

let fast: TestServer;
let plain: TestServer;
beforeAll(async () => {
  fast = await startTestServer({ ...allowing, PROJO_FAST_PATH: "true" });
  plain = await startServerOver(fast.database, { ...allowing, PROJO_FAST_PATH: "false" });
});
afterAll(async () => {
  await plain.close();
  await fast.close();
});

const both = [
  ["the fast path", () => fast],
  ["tRPC's adapter", () => plain],
] as const;

const account = JSON.stringify({ email: "forged@example.com", password: "correct horse battery staple" });
const path = "/trpc/auth.signUp";
const boundary = '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n';

/** The forms that need no preflight: https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
const simple: Readonly<Record<string, Sent>> = {
  "a form": post("application/x-www-form-urlencoded", `input=${encodeURIComponent(account)}`),
  "JSON as a form": post("application/x-www-form-urlencoded", account),
  "a form with files": post("multipart/form-data; boundary=x", boundary),
  "JSON as text": post("text/plain", account),
  "JSON as text with parameters": post("text/plain; charset=utf-8; application/json", account),
  "JSON as text with two types": post("text/plain, application/json", account),
  "JSON without a type": { method: "POST", path, headers: {}, body: account },
  "JSON with an empty type": post("", account),
  "a batch as text": { ...post("text/plain", `{"0":${account}}`), path: `${path}?batch=1` },
  "input in the query": { method: "POST", path: `${path}?input=${encodeURIComponent(account)}`, headers: {} },
  "an image": { method: "GET", path: `${path}?input=${encodeURIComponent(account)}`, headers: {} },
  HEAD: { method: "HEAD", path: `${path}?input=${encodeURIComponent(account)}`, headers: {} },
};

function post(contentType: string, body: string): Sent {
  return { method: "POST", path, headers: { "content-type": contentType }, body };
}

describe.each(both)("a simple request, with %s", (_, server) => {
  it.each(Object.keys(simple))("B1 creates no account: %s", async (name) => {
    for (const origin of [FOREIGN, "null", APP, undefined]) {
      const sent = simple[name];
      if (!sent) throw new Error(`${name} has no request.`);
      const answer = await askFrom(server(), origin, sent);
      // tRPC answers HEAD without running an operation.
      expect(name === "HEAD" ? [204] : [400, 405, 415]).toContain(answer.status);
      expect(permissionIn(answer.headers)).toEqual(origin === APP ? permissionFor(APP) : {});
    }
    expect(await fast.database.owner("SELECT email FROM users")).toEqual([]);
  });
});

it("B1 the same account is created by a request that needs a preflight", async () => {
  const answer = await askFrom(fast, APP, post("application/json", account));
  expect(answer.status).toBe(200);
  expect(await fast.database.owner("SELECT email FROM users")).toEqual([{ email: "forged@example.com" }]);
});
