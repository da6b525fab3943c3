// The files of the web application as HTTP resources: types, codings, caching, tags, methods and the access log.
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, startTestServer, type TestServer } from "../kit/index.ts";
import { ask as askAt, navigation, type Received } from "./request.ts";
import { makeSite, SCRIPT, siteFiles, STYLES, type Site } from "./site.ts";

let site: Site;
let server: TestServer;
beforeAll(async () => {
  site = await makeSite();
  server = await startTestServer({ ...site.env, PROJO_LOG_LEVEL: "debug" });
});
afterAll(async () => {
  await server.close();
  await site.remove();
});

const ask = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Received> =>
  askAt(server.url, path, headers, method);

const FOREVER = "public, max-age=31536000, immutable";

const rows = [
  ["/", "index.html", "text/html; charset=utf-8", "no-store"],
  ["/index.html", "index.html", "text/html; charset=utf-8", "no-store"],
  [SCRIPT, SCRIPT.slice(1), "text/javascript; charset=utf-8", FOREVER],
  [STYLES, STYLES.slice(1), "text/css; charset=utf-8", FOREVER],
  ["/assets/mark-D1e2f3g4.woff2", "assets/mark-D1e2f3g4.woff2", "font/woff2", FOREVER],
  ["/favicon.svg", "favicon.svg", "image/svg+xml; charset=utf-8", "no-cache"],
  ["/robots.txt", "robots.txt", "text/plain; charset=utf-8", "no-cache"],
  ["/a%20file.txt", "a file.txt", "text/plain; charset=utf-8", "no-cache"],
  ["/report.xyz", "report.xyz", "application/octet-stream", "no-cache"],
] as const;
const paths = rows.map(([path]) => path);

const bytesOf = (name: string): Buffer => Buffer.from(siteFiles[name] ?? "");

describe.each(rows)("%s", (path, name, contentType, cacheControl) => {
  it("the file is sent with its type and caching, and its type is not to be guessed", async () => {
    const answer = await ask(path);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(bytesOf(name))).toBe(true);
    expect(answer.headers).toMatchObject({
      "content-type": contentType,
      "cache-control": cacheControl,
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      "content-length": String(bytesOf(name).length),
      "x-request-id": expect.any(String),
    });
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("the file has a strong tag for each coding, and a client that has these bytes gets 304", async () => {
    const codingsByTag = new Map<string, unknown>();
    for (const coding of ["identity", "gzip", "br"]) {
      const first = await ask(path, { "accept-encoding": coding });
      const tag = first.headers.etag ?? "";
      expect(tag).toMatch(/^"[\w-]{22}(?:-br|-gzip)?"$/);
      // The same tag means the same bytes.
      const sentCoding = first.headers["content-encoding"] ?? "identity";
      expect(codingsByTag.get(tag) ?? sentCoding).toBe(sentCoding);
      codingsByTag.set(tag, sentCoding);
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
        const again = await ask(path, { "accept-encoding": coding, "if-none-match": known });
        expect([again.status, again.text, again.headers.etag]).toEqual([304, "", tag]);
        expect(again.headers["cache-control"]).toBe(cacheControl);
        expect(again.headers["content-security-policy"]).toBe(first.headers["content-security-policy"]);
      }
      for (const known of ['"other"', tag.slice(0, -1), ""]) {
        const again = await ask(path, { "accept-encoding": coding, "if-none-match": known });
        expect(again.status).toBe(200);
      }
    }
  });

  it("HEAD is answered with the headers of GET and no body", async () => {
    for (const coding of ["identity", "br"]) {
      const headers = { "accept-encoding": coding };
      const [whole, head] = [await ask(path, headers), await ask(path, headers, "HEAD")];
      expect([head.status, head.text]).toEqual([200, ""]);
      for (const header of ["etag", "content-type", "content-length", "content-encoding", "cache-control"])
        expect(head.headers[header], header).toBe(whole.headers[header]);
    }
  });

  it("a request for a range is answered with the whole file", async () => {
    const answer = await ask(path, { range: "bytes=0-3" });
    expect([answer.status, answer.body.length]).toEqual([200, bytesOf(name).length]);
  });

  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("refuses %s", async (method) => {
    const answer = await ask(path, { "content-length": "0" }, method);
    expect([answer.status, answer.headers.allow]).toEqual([405, "GET, HEAD"]);
    expect(answer.text).toContain("operation.wrong_method");
    expect(answer.headers["cache-control"]).toBe("no-store");
  });
});

describe("The coding of a file", () => {
  it.each([
    [undefined, undefined],
    ["", undefined],
    ["identity", undefined],
    ["deflate", undefined],
    ["gzip", "gzip"],
    ["br", "br"],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip;q=1, br;q=0.5", "gzip"],
    ["gzip;q=0.2, br;q=0.8", "br"],
    ["br;q=0, gzip", "gzip"],
    ["br;q=0, gzip;q=0.0", undefined],
    ["*", "br"],
    ["*;q=0.5, br;q=0", "gzip"],
    ["*;q=0", undefined],
    ["identity, gzip;q=0.5", undefined],
    ["GZIP ; q=0.5", "gzip"],
  ])("for accept-encoding %j is %s", async (accepted, coding) => {
    const answer = await ask(SCRIPT, accepted === undefined ? {} : { "accept-encoding": accepted });
    expect(answer.headers["content-encoding"]).toBe(coding);
    expect(answer.headers.vary).toBe("accept-encoding");
    const decode = { br: brotliDecompressSync, gzip: gunzipSync }[coding ?? ""] ?? ((bytes: Buffer) => bytes);
    expect(decode(answer.body).equals(bytesOf(SCRIPT.slice(1)))).toBe(true);
    expect(answer.body.length < 500).toBe(coding !== undefined);
  });

  it("a file that compression does not make smaller is sent without a coding", async () => {
    for (const path of ["/assets/mark-D1e2f3g4.woff2", "/robots.txt"]) {
      const answer = await ask(path, { "accept-encoding": "br, gzip" });
      expect(answer.headers["content-encoding"]).toBeUndefined();
      expect(answer.body.equals(bytesOf(path.slice(1)))).toBe(true);
    }
  });
});

describe("Only the files of the application", () => {
  it.each(
    [
      "/assets/main-OldHash1.js",
      "/assets/",
      "/assets",
      "/missing.js",
      "/favicon.ico",
      "/.env",
      "/.vite/manifest.json",
      "/passwd.txt",
      "/assets/../robots.txt",
      "/assets/%2e%2e/robots.txt",
      "/../../../../etc/passwd",
      "/..%2f..%2f..%2fetc%2fpasswd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/..\\..\\etc\\passwd",
      "/..%5c..%5cetc%5cpasswd",
      "//robots.txt",
      "//etc/passwd",
      "/robots.txt/",
      "/robots.txt%00.html",
      "/robots.txt%00",
      "/%00",
      "/ROBOTS.TXT",
      "/robots%2etxt",
      "/index.html/..",
      "/con.txt",
      `/${"a".repeat(2_000)}`,
      `/${"a/".repeat(4_000)}b`,
      `/${"%2e%2e/".repeat(1_000)}etc/passwd`,
      "/w/%2e%2e/x",
      "/w//x",
      "/w/a%5cb",
      "/w/a%0ab",
    ].map((path) => [path.slice(0, 50), path] as const),
  )("are sent, and the answer to %s is an error in JSON", async (_, path) => {
    for (const headers of [{}, navigation]) {
      const answer = await ask(path, headers);
      expect(answer.status).toBe(404);
      expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(JSON.parse(answer.text)).toMatchObject({ error: { data: { reason: "operation.not_found" } } });
    }
  });

  it("a path with a malformed escape is an error in JSON", async () => {
    const answer = await ask("/%zz", navigation);
    expect([answer.status, answer.headers["content-type"]]).toEqual([400, "application/json; charset=utf-8"]);
  });
});

const askLogged = (path: string, headers: Record<string, string> = {}): Promise<Received> =>
  ask(`${path}?from=secret`, { ...headers, "x-request-id": `log-${path.replaceAll(/\W/g, "-")}` });

describe("The access log", () => {
  it("the access log has a line for each page, and lines for other files at level debug only", async () => {
    const refused = "/assets/main-OldHash2.js";
    for (const path of [...paths, "/w/1/tasks"]) await askLogged(path, navigation);
    await askLogged(refused);
    const lines = await eventually(() => {
      const found = server.logLines
        .map((line) => JSON.parse(line) as { level: number; path?: string; requestId?: string })
        .filter(({ requestId }) => requestId?.startsWith("log-"));
      return found.length >= paths.length + 2 && found;
    });
    const names: Readonly<Record<number, string>> = { 20: "debug", 30: "info" };
    const levels = Object.fromEntries(lines.map(({ path = "", level }) => [path, names[level]]));
    expect(levels).toEqual({
      ...Object.fromEntries(paths.map((path) => [path, "debug"])),
      "/": "info",
      "/index.html": "info",
      "/w/1/tasks": "info",
      [refused]: "info",
    });
    expect(JSON.stringify(lines)).not.toContain("secret");
  });
});
