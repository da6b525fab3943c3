import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  call,
  password,
  signInWithCookie,
  startServerOver,
  startTestServer,
  type Browser,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { rawCall } from "./raw-call.ts";

// One server at its own address, and one with an application at a sister host.
let local: TestServer;
let server: TestServer;
let ada: Person;
let own: Browser;
let cookie: string;
beforeAll(async () => {
  local = await startTestServer();
  server = await startServerOver(local.database, {
    PROJO_APP_URL: "https://app.example.com/start",
    PROJO_COOKIE_DOMAIN: "example.com",
    PROJO_ALLOWED_ORIGINS: "https://admin.example.com, http://localhost:5173",
  });
  ada = await arrive(local, "ada");
  own = await signInWithCookie(local.url, ada);
  cookie = (await signInWithCookie(server.url, ada)).cookieHeader;
});
afterAll(async () => {
  await server.close();
  await local.close();
});

const HOST = "api.example.com";

type Headers = Readonly<Record<string, string | string[]>>;

const me = (headers: Headers) =>
  rawCall(server.url, "auth.me", { host: HOST, cookie, "x-session": "cookie", ...headers });

describe("A request in cookie mode", () => {
  const accepted: [string, Headers][] = [
    ["of a server, with no origin", {}],
    ["of the application", { origin: "https://app.example.com" }],
    [
      "of the application, from the same site",
      { origin: "https://app.example.com", "sec-fetch-site": "same-site" },
    ],
    ["of a permitted origin", { origin: "https://admin.example.com", "sec-fetch-site": "same-site" }],
    ["of a permitted origin in development", { origin: "http://localhost:5173" }],
    ["of the server's own origin", { origin: `https://${HOST}`, "sec-fetch-site": "same-origin" }],
    ["without an origin, from the same origin", { "sec-fetch-site": "same-origin" }],
    ["that the user started", { "sec-fetch-site": "none" }],
    ["of the own origin with a port", { host: `${HOST}:8443`, origin: `https://${HOST}:8443` }],
    ["of plain HTTP on this machine", { host: "localhost:4000", origin: "http://localhost:4000" }],
  ];
  it.each(accepted)("the server accepts a request %s", async (_, headers) => {
    expect(await me(headers)).toMatchObject({ status: 200 });
  });

  const refused: [string, Headers][] = [
    ["of a foreign origin", { origin: "https://evil.example" }],
    [
      "of a foreign origin that claims the same origin",
      { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
    ],
    ["of another host of the domain", { origin: "https://evil.example.com", "sec-fetch-site": "same-site" }],
    ["of an opaque origin", { origin: "null" }],
    ["of the application over plain HTTP", { origin: "http://app.example.com" }],
    ["of the own host over plain HTTP", { origin: `http://${HOST}` }],
    ["of another port of the own host", { origin: `https://${HOST}:8443` }],
    ["of an origin that begins like a permitted one", { origin: "https://admin.example.com.evil.example" }],
    ["from another site", { "sec-fetch-site": "cross-site" }],
    [
      "from another site, with a permitted origin",
      { origin: "https://app.example.com", "sec-fetch-site": "cross-site" },
    ],
    ["from the same site, with no origin", { "sec-fetch-site": "same-site" }],
    ["with an unknown site", { "sec-fetch-site": "elsewhere" }],
    ["with two origins", { origin: ["https://app.example.com", "https://evil.example"] }],
    ["with two sites", { "sec-fetch-site": ["same-origin", "cross-site"] }],
  ];
  it.each(refused)("the server refuses a request %s", async (_, headers) => {
    const answer = await me(headers);
    expect(answer).toMatchObject({ status: 403, reason: "request.cross_site", setCookie: [] });
  });

  it("a cross-site request is refused before its body is read and before it counts", async () => {
    const { email } = ada;
    const headers = {
      "x-session": "cookie",
      origin: "https://evil.example",
      "content-type": "application/json",
    };
    const answer = await rawCall(server.url, "auth.signIn", headers, JSON.stringify({ email, password }));
    expect(answer).toMatchObject({ status: 403, setCookie: [] });
    expect(await rawCall(server.url, "auth.signIn", headers, "not JSON")).toMatchObject({ status: 403 });
  });

  it("a cross-site request is refused as a batch, a streamed batch and at an unknown operation", async () => {
    const headers = { host: HOST, cookie, "x-session": "cookie", origin: "https://evil.example" };
    for (const path of ["auth.me,system.health?batch=1", "no.such"])
      expect(await rawCall(server.url, path, headers)).toMatchObject({
        status: 403,
        reason: "request.cross_site",
      });
    const streamed = { ...headers, "trpc-accept": "application/jsonl" };
    expect(await rawCall(server.url, "auth.me,system.health?batch=1", streamed)).toMatchObject({
      status: 403,
      reason: "request.cross_site",
    });
  });

  it("of a foreign origin is logged as a security event", async () => {
    await me({ origin: "https://evil.example" });
    expect(server.logLines.some((line) => line.includes('"event":"origin.refused"'))).toBe(true);
    expect(server.logLines.join("")).not.toContain("pjs_");
  });
});

describe("A request without x-session", () => {
  it("the request is not checked: it does not use the cookie", async () => {
    const headers = { host: HOST, cookie, origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect(await rawCall(server.url, "system.health", headers)).toMatchObject({ status: 200 });
    expect(await rawCall(server.url, "auth.me", headers)).toMatchObject({
      status: 401,
      reason: "auth.unauthenticated",
      setCookie: [],
    });
    const { data } = await call(server.url, "auth.signIn", { input: { email: ada.email, password } });
    const bearer = { ...headers, authorization: `Bearer ${data.accessToken}` };
    expect(await rawCall(server.url, "auth.me", bearer)).toMatchObject({ status: 200 });
  });
});

describe("A server at its own address on this machine", () => {
  it("accepts its own origin and no other one", async () => {
    const { host, origin } = new URL(local.url);
    const headers = { host, cookie: own.cookieHeader, "x-session": "cookie" };
    expect(await rawCall(local.url, "auth.me", { ...headers, origin })).toMatchObject({ status: 200 });
    const other = await rawCall(local.url, "auth.me", { ...headers, origin: "http://localhost:5173" });
    expect(other).toMatchObject({ status: 403, reason: "request.cross_site" });
  });
});
