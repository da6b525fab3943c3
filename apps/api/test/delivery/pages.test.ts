// The page of the web application: the paths that lead to it, the requests that get it, and its headers.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { ask as askAt, navigation, type Received } from "./request.ts";
import { makeSite, PAGE, SCRIPT, type Site } from "./site.ts";

let site: Site;
let server: TestServer;
beforeAll(async () => {
  site = await makeSite();
  server = await startTestServer(site.env);
});
afterAll(async () => {
  await server.close();
  await site.remove();
});

type Headers = Readonly<Record<string, string>>;
const ask = (path: string, headers: Headers = {}, method = "GET"): Promise<Received> =>
  askAt(server.url, path, headers, method);

const reasonOf = ({ text }: Received): unknown =>
  (JSON.parse(text) as { error: { data: { reason: unknown } } }).error.data.reason;

const pages = [
  "/sign-in",
  "/verify-email",
  "/reset-password",
  "/accept-invite",
  "/workspaces",
  "/workspaces/",
  "/w/019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b/tasks",
  "/w/1/tasks?status=todo&search=a%20b",
  "/account?from=/../../etc/passwd",
  "/a%20name/%C3%BC",
  "/nothing-here",
];

describe("The page", () => {
  it.each(pages)("the page is sent to a browser that opens %s", async (path) => {
    const answer = await ask(path, navigation);
    expect([answer.status, answer.text]).toEqual([200, PAGE]);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.headers["cache-control"]).toBe("no-store");
    const head = await ask(path, navigation, "HEAD");
    expect([head.status, head.text]).toEqual([200, ""]);
  });

  it.each<[string, Headers]>([
    ["the browser sends no sec-fetch-mode", { accept: navigation.accept }],
    ["curl asks for HTML", { accept: "text/html" }],
    ["the type has another case", { accept: "Text/HTML;level=1" }],
    ["the browser reloads", { ...navigation, "cache-control": "max-age=0" }],
    ["the type has a quality", { accept: "application/json, text/html;q=0.1" }],
  ])("is sent when %s", async (_, headers) => {
    expect((await ask("/w/1/tasks", headers)).text).toBe(PAGE);
  });

  it.each<[string, Headers]>([
    ["has no header accept", {}],
    ["accepts any type, as curl does", { accept: "*/*" }],
    ["accepts JSON", { accept: "application/json" }],
    ["accepts any text", { accept: "text/*" }],
    ["refuses HTML", { accept: "text/html;q=0, */*" }],
    ["is a script that fetches", { accept: "*/*", "sec-fetch-mode": "cors" }],
    [
      "is a script that fetches and names HTML",
      { accept: "text/html", "sec-fetch-mode": "same-origin", "sec-fetch-dest": "empty" },
    ],
    ["is an image of a page", { accept: "image/webp,*/*", "sec-fetch-mode": "no-cors" }],
    ["names HTML in another type only", { accept: "application/x-text/html" }],
  ])("is not sent to a client that %s, which gets an error in JSON", async (_, headers) => {
    const answer = await ask("/w/1/tasks", headers);
    expect([answer.status, answer.headers["content-type"], reasonOf(answer)]).toEqual([
      404,
      "application/json; charset=utf-8",
      "operation.not_found",
    ]);
  });

  it("every client that accepts HTML gets the page at /, also a health check without headers", async () => {
    for (const headers of [{}, { accept: "*/*" }, { accept: "*/*", "sec-fetch-mode": "cors" }, navigation])
      expect((await ask("/", headers)).text).toBe(PAGE);
    expect(reasonOf(await ask("/", { accept: "application/json" }))).toBe("operation.not_found");
  });

  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])("%s gets no page", async (method) => {
    const answer = await ask("/w/1/tasks", { ...navigation, "content-length": "0" }, method);
    expect(answer.status).toBe(404);
    expect(reasonOf(answer)).toBe("operation.not_found");
  });

  it("the page is not sent for a WebSocket", async () => {
    const answer = await ask("/sign-in", { ...navigation, connection: "upgrade", upgrade: "websocket" });
    expect(answer.text).toContain("The server has no WebSockets.");
  });

  it("leads the link of an older mail to its present page, and the browser keeps the fragment", async () => {
    const answer = await ask("/invite", navigation);
    expect([answer.status, answer.headers.location]).toEqual([308, "/accept-invite"]);
    expect((await ask("/invite", { accept: "*/*" })).status).toBe(404);
  });
});

/** The parts of an answer that do not differ between two servers. */
const comparable = ({ headers, text }: Received) => ({
  type: headers["content-type"],
  caching: headers["cache-control"],
  policy: headers["content-security-policy"],
  text: text.replaceAll(/"requestId":"[^"]*"/g, "").replaceAll(/"(?:pem|publicKey|keyId)":"[^"]*"/g, ""),
});

describe("The routes of the API", () => {
  it.each([
    ["/livez", 200],
    ["/readyz", 200],
    ["/openapi.json", 200],
    ["/docs", 200],
    ["/docs/", 308],
    ["/docs/nothing", 404],
    ["/.well-known/projo-audit-keys.json", 200],
    ["/.well-known/nothing", 404],
    ["/trpc/system.health", 200],
    ["/trpc/nothing", 404],
    ["/trpc/auth.me", 401],
    ["/trpc", 404],
    ["/trpc/", 404],
    ["/livez/more", 404],
    ["/openapi.json/more", 404],
    ["/system.health", 404],
  ])("answer a browser that opens %s as before", async (path, status) => {
    const other = await startOther();
    const [here, before] = [await ask(path, navigation), await askAt(other.url, path, navigation)];
    expect(here.status).toBe(status);
    expect(before.status).toBe(status);
    expect(comparable(here)).toEqual(comparable(before));
  });

  it("/docs is no page of the application when PROJO_DOCS is off", async () => {
    const other = await startTestServer({ ...site.env, PROJO_DOCS: "off" });
    try {
      expect(reasonOf(await askAt(other.url, "/docs", navigation))).toBe("operation.not_found");
    } finally {
      await other.close();
    }
  });
});

let withoutWeb: Promise<TestServer> | undefined;
const startOther = (): Promise<TestServer> => (withoutWeb ??= startTestServer());
afterAll(async () => (await withoutWeb)?.close());

const directivesOf = (answer: Received): string[] =>
  String(answer.headers["content-security-policy"] ?? "").split("; ");

describe("The headers of a page", () => {
  it.each(["/", "/index.html", "/w/1/tasks"])(
    "permit no inline script, no other origin and no frame: %s",
    async (path) => {
      const answer = await ask(path, navigation);
      expect(directivesOf(answer).toSorted()).toEqual([
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "manifest-src 'self'",
        "require-trusted-types-for 'script'",
        "script-src 'self'",
        "style-src 'self'",
      ]);
      expect(answer.headers).toMatchObject({
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
      });
      const features = String(answer.headers["permissions-policy"]).split(", ");
      expect(features).toContain("camera=()");
      expect(features.filter((feature) => !/^[a-z-]+=\(\)$/.test(feature))).toEqual([]);
      expect(answer.headers["set-cookie"]).toBeUndefined();
    },
  );

  it("permit no script in an image that is opened by itself", async () => {
    const directives = directivesOf(await ask("/favicon.svg", navigation));
    expect(directives).toEqual(["default-src 'none'", "style-src 'unsafe-inline'", "sandbox"]);
    expect((await ask(SCRIPT)).headers["content-security-policy"]).toBeUndefined();
  });

  it("require HTTPS for a year when the public address has it, and not otherwise", async () => {
    expect((await ask("/", navigation)).headers["strict-transport-security"]).toBeUndefined();
    for (const [address, expected] of [
      ["https://app.example.com", "max-age=31536000"],
      ["http://localhost:3000", undefined],
    ] as const) {
      const other = await startTestServer({ ...site.env, PROJO_APP_URL: address });
      try {
        const { headers } = await askAt(other.url, "/sign-in", navigation);
        expect(headers["strict-transport-security"]).toBe(expected);
      } finally {
        await other.close();
      }
    }
  });
});
