import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  Browser,
  password,
  setCookiesOf,
  startServerOver,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";

let plain: TestServer;
let ada: Person;
beforeAll(async () => {
  plain = await startTestServer();
  ada = await arrive(plain, "ada");
});
afterAll(() => plain.close());

const attributesOf = async (url: string) => {
  const browser = new Browser(url);
  const [set] = setCookiesOf(await browser.call("auth.signIn", { email: ada.email, password }));
  const [cleared] = setCookiesOf(await browser.call("auth.signOut", {}));
  const { "max-age": seconds, ...attributes } = set?.attributes ?? {};
  // Browsers delete a cookie only if the name, the path and the domain are the same.
  expect(cleared).toEqual({ name: set?.name, value: "", attributes: { "max-age": "0", ...attributes } });
  expect(Number(seconds)).toBeGreaterThan(0);
  return { name: set?.name, attributes };
};

describe("The session cookie", () => {
  const base = { path: "/", httponly: "", samesite: "Lax" };
  const cases: [string, Record<string, string>, string, object][] = [
    [
      "over HTTPS",
      { PROJO_APP_URL: "https://app.example.com" },
      "__Host-projo_session",
      { ...base, secure: "" },
    ],
    ["over HTTP on this machine", { PROJO_APP_URL: "http://localhost:3000" }, "projo_session", base],
    [
      "over HTTP elsewhere",
      { PROJO_APP_URL: "http://intranet" },
      "__Host-projo_session",
      { ...base, secure: "" },
    ],
    [
      "at a server that others reach",
      { HOST: "0.0.0.0", PROJO_TOKEN_KEYS: "auto", PROJO_MAIL: "files" },
      "__Host-projo_session",
      { ...base, secure: "" },
    ],
    [
      "for the hosts of a domain",
      { PROJO_APP_URL: "https://app.example.com", PROJO_COOKIE_DOMAIN: "example.com" },
      "__Secure-projo_session",
      { ...base, secure: "", domain: "example.com" },
    ],
  ];
  it.each(cases)("the session cookie has its name and attributes %s", async (_, env, name, attributes) => {
    const server = await startServerOver(plain.database, env);
    try {
      expect(await attributesOf(server.url)).toEqual({ name, attributes });
    } finally {
      await server.close();
    }
  });
});

describe("The server", () => {
  const app = { PROJO_APP_URL: "https://app.example.com" };
  const refused: [string, Record<string, string>, string][] = [
    ["a public suffix", { ...app, PROJO_COOKIE_DOMAIN: "com" }, "is a public suffix"],
    ["a country's suffix", { ...app, PROJO_COOKIE_DOMAIN: "co.uk" }, "is a public suffix"],
    ["a provider's domain", { ...app, PROJO_COOKIE_DOMAIN: "vercel.app" }, "is a public suffix"],
    ["an IPv4 address", { ...app, PROJO_COOKIE_DOMAIN: "10.0.0.1" }, "is an IP address"],
    ["an IPv6 address", { ...app, PROJO_COOKIE_DOMAIN: "[::1]" }, "is an IP address"],
    ["a URL", { ...app, PROJO_COOKIE_DOMAIN: "https://example.com" }, "is not a domain"],
    ["a leading dot", { ...app, PROJO_COOKIE_DOMAIN: ".example.com" }, "is not a domain"],
    ["an attribute", { ...app, PROJO_COOKIE_DOMAIN: "example.com; Secure" }, "is not a domain"],
    ["a domain of others", { ...app, PROJO_COOKIE_DOMAIN: "example.org" }, "contains this host"],
    ["an end of the host's name", { ...app, PROJO_COOKIE_DOMAIN: "ample.com" }, "contains this host"],
    [
      "a host below the application's",
      { ...app, PROJO_COOKIE_DOMAIN: "a.app.example.com" },
      "contains this host",
    ],
    ["a domain without an application", { PROJO_COOKIE_DOMAIN: "example.com" }, "needs PROJO_APP_URL"],
    [
      "a domain over plain HTTP",
      { PROJO_APP_URL: "http://app.example.com", PROJO_COOKIE_DOMAIN: "example.com" },
      "https://",
    ],
    ["an origin with a path", { PROJO_ALLOWED_ORIGINS: "https://a.example.com/x" }, "an origin has no path"],
    ["an origin with a star", { PROJO_ALLOWED_ORIGINS: "*" }, "would let every site act"],
  ];
  it.each(refused)("the server does not start with %s", (_, env, problem) => {
    const message = plain.problemOf(env);
    expect(message).toContain(problem);
    expect(message).toMatch(/^PROJO_(?:COOKIE_DOMAIN|ALLOWED_ORIGINS) /);
  });

  it.each(["example.com", "app.example.com", "example.co.uk"])("starts with the domain %s", (domain) => {
    const env = { PROJO_APP_URL: `https://app.${domain.replace(/^app\./, "")}`, PROJO_COOKIE_DOMAIN: domain };
    expect(plain.problemOf(env)).toBeNull();
  });
});
