// B1 Preflights: the request with which a browser asks for the permission to send another one.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startServerOver, startTestServer, type TestServer } from "../kit/index.ts";
import { exchangeRaw, requestText } from "../regression/raw-requests.ts";
import { whilePoolIsFull } from "../overload/callers.ts";
import { openPeer, statusOf } from "../sockets/peer.ts";
import type { Heard, Sent } from "../equality/exchange.ts";
import {
  allowing,
  APP,
  askFrom,
  DEVELOPMENT,
  foreignOrigins,
  permissionFor,
  permissionIn,
  valuesOf,
  varyIn,
} from "./origins.ts";

let fast: TestServer;
let plain: TestServer;
let without: TestServer;
beforeAll(async () => {
  without = await startTestServer();
  fast = await startServerOver(without.database, { ...allowing, PROJO_LIMITS: "1", PROJO_FAST_PATH: "true" });
  plain = await startServerOver(without.database, { ...allowing, PROJO_FAST_PATH: "false" });
});
afterAll(async () => {
  await plain.close();
  await fast.close();
  await without.close();
});

const both = [
  ["the fast path", () => fast],
  ["tRPC's adapter", () => plain],
] as const;

const preflight = (path: string, more: Readonly<Record<string, string>> = {}): Sent => ({
  method: "OPTIONS",
  path,
  headers: {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,x-workspace-id",
    ...more,
  },
});

const PERMITTED = {
  "access-control-allow-methods": "GET, HEAD, POST",
  "access-control-allow-headers":
    "authorization, content-encoding, content-type, idempotency-key, if-none-match, traceparent, trpc-accept, user-agent, x-request-id, x-session, x-workspace-id",
  "access-control-max-age": "7200",
};
const VARY = ["origin", "access-control-request-method", "access-control-request-headers"];

/** What a browser reads from the answer to a preflight. */
const readAnswer = ({ status, text, headers }: Heard) => ({
  status,
  text,
  length: valuesOf(headers, "content-length"),
  permission: permissionIn(headers),
  vary: varyIn(headers),
});

const permittedTo = (origin: string) => ({
  status: 204,
  text: "",
  length: [],
  permission: { ...permissionFor(origin), ...PERMITTED },
  vary: VARY,
});

describe.each(both)("a preflight, with %s", (_, server) => {
  it.each([
    "/trpc/auth.signIn",
    "/trpc/auth.me,workspaces.list?batch=1&input={}",
    "/trpc/no.such",
    "/livez",
    "/readyz",
    "/openapi.json",
    "/.well-known/projo-audit-keys.json",
    "/no/such/path",
  ])("B1 of an allowed origin is answered with what the server accepts: %s", async (path) => {
    for (const origin of [APP, DEVELOPMENT])
      expect(readAnswer(await askFrom(server(), origin, preflight(path)))).toEqual(permittedTo(origin));
  });

  it("B1 gets the same answer whatever it asks for, and no text of the request is repeated", async () => {
    for (const more of [
      { "access-control-request-method": "DELETE" },
      { "access-control-request-method": "evil" },
      { "access-control-request-headers": "x-forwarded-for,x-evil,cookie" },
      { "access-control-request-headers": "x".repeat(10_000) },
      { "access-control-request-private-network": "true" },
    ])
      expect(readAnswer(await askFrom(server(), APP, preflight("/trpc/auth.signIn", more)))).toEqual(
        permittedTo(APP),
      );
  });

  it.each(foreignOrigins)("B1 of the origin %j permits nothing", async (origin) => {
    const answer = await askFrom(server(), origin, preflight("/trpc/auth.signIn"));
    const usual = await askFrom(without, origin, preflight("/trpc/auth.signIn"));
    expect([answer.status, usual.status]).toEqual([405, 405]);
    expect(permissionIn(answer.headers)).toEqual({});
    expect(varyIn(answer.headers)).toEqual(VARY);
  });

  it("another OPTIONS request is no preflight", async () => {
    const options: Sent = { method: "OPTIONS", path: "/trpc/auth.signIn", headers: {} };
    expect(await askFrom(server(), APP, options)).toMatchObject({ status: 405 });
    expect(await askFrom(server(), undefined, preflight("/trpc/auth.signIn"))).toMatchObject({ status: 405 });
    expect(await askFrom(without, APP, preflight("/trpc/auth.signIn"))).toMatchObject({ status: 405 });
  });

  it("without Host is refused", async () => {
    const lines = [`origin: ${APP}`, "access-control-request-method: POST"];
    const bytes = ["OPTIONS /trpc/auth.signIn HTTP/1.1", ...lines, "", ""].join("\r\n");
    expect(await exchangeRaw(server().url, { bytes })).toMatchObject({ status: 400 });
  });

  it("leaves the connection open for the request after it", async () => {
    const peer = await openPeer(server().url);
    const lines = [`origin: ${APP}`, "access-control-request-method: GET"];
    peer.socket.write(requestText("OPTIONS", "/trpc/system.health", lines));
    peer.socket.write(requestText("GET", "/trpc/system.health", [`origin: ${APP}`]));
    const answers = await peer.answers(2);
    peer.socket.destroy();
    expect(answers.map(statusOf)).toEqual([204, 200]);
  });

  it("a preflight has a line in the access log and the request id", async () => {
    const answer = await askFrom(
      server(),
      APP,
      preflight("/trpc/auth.signIn", { "x-request-id": "preflight-1" }),
    );
    expect(valuesOf(answer.headers, "x-request-id")).toEqual(["preflight-1"]);
    const [line = "{}"] = server().logLines.filter((one) => one.includes("preflight-1"));
    expect(JSON.parse(line)).toMatchObject({ method: "OPTIONS", path: "/trpc/auth.signIn", status: 204 });
  });
});

it("B1 preflights are answered while the limits refuse calls, and a page can read the refusal", async () => {
  const input = { email: "nobody@example.com", password: "not the password of anybody" };
  let refused = await call(fast.url, "auth.signIn", { input, headers: { origin: APP } });
  for (let tries = 0; refused.status !== 429 && tries < 50; tries += 1)
    refused = await call(fast.url, "auth.signIn", { input, headers: { origin: APP } });
  expect(refused.status).toBe(429);
  expect(refused.headers.get("access-control-allow-origin")).toBe(APP);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(refused.headers.get("access-control-expose-headers")).toContain("retry-after");
  expect(readAnswer(await askFrom(fast, APP, preflight("/trpc/auth.signIn")))).toEqual(permittedTo(APP));
});

it("B1 preflights are answered during an overload, and a page can read the refusal", async () => {
  const results = await whilePoolIsFull(plain, async () => {
    const refusals: Heard[] = [];
    const permitted: Heard[] = [];
    for (let tries = 0; tries < 4; tries += 1) {
      for (const { url } of [plain, fast]) {
        const post = {
          method: "POST",
          path: "/trpc/auth.signUp",
          headers: { "content-type": "application/json" },
        };
        const body = '{"email":"new@example.com","password":"correct horse battery staple"}';
        permitted.push(await askFrom({ url }, APP, preflight("/trpc/auth.signUp")));
        refusals.push(await askFrom({ url }, APP, { ...post, body }));
      }
    }
    return { refusals, permitted };
  });
  for (const answer of results.permitted) expect(readAnswer(answer)).toEqual(permittedTo(APP));
  const busy = results.refusals.filter(({ status }) => status === 503);
  expect(busy.length).toBeGreaterThan(0);
  for (const { headers } of results.refusals) expect(permissionIn(headers)).toEqual(permissionFor(APP));
});
