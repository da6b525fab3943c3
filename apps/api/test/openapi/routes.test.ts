// The routes /openapi.json and /docs as HTTP resources: tags, compression, methods, the access log and the setting.
import { randomBytes } from "node:crypto";
import { get } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDocument } from "../../src/openapi/document.ts";
import { exchange } from "../equality/exchange.ts";
import { eventually, startTestServer, type TestServer } from "../kit/index.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ PROJO_TRUSTED_PROXIES: "127.0.0.1" });
});
afterAll(() => server.close());

const paths = ["/openapi.json", "/docs", "/docs/set-up.js", "/docs/reference.js"];

const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  exchange(server.url, { method, path, headers });

const headerOf = ({ headers }: Awaited<ReturnType<typeof ask>>, name: string): string | undefined =>
  headers.find(([one]) => one === name)?.[1];

describe.each(paths)("%s", (path) => {
  it("the response has an ETag, with which a client that has the newest version gets 304 and no body", async () => {
    const first = await ask(path);
    const etag = headerOf(first, "etag") ?? "";
    expect(first.status).toBe(200);
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
    for (const known of [etag, etag.slice(2), `"other", ${etag}`, "*"]) {
      const again = await ask(path, { "if-none-match": known });
      expect([again.status, again.text, headerOf(again, "etag")]).toEqual([304, "", etag]);
    }
    for (const known of ['"other"', etag.slice(0, -2), ""])
      expect((await ask(path, { "if-none-match": known })).status).toBe(200);
  });

  it("the response is compressed for clients that accept gzip, and plain for others", async () => {
    const plain = await ask(path);
    expect(headerOf(plain, "content-encoding")).toBeUndefined();
    expect(headerOf(plain, "vary")).toBe("accept-encoding");
    for (const refused of ["", "br", "gzip;q=0", "gzip; q=0.0, br", "identity"])
      expect(headerOf(await ask(path, { "accept-encoding": refused }), "content-encoding")).toBeUndefined();
    for (const accepted of ["gzip", "br, GZIP;q=0.5", "*", "deflate, *;q=0.1"]) {
      const { encoding, body } = await bytesOf(`${server.url}${path}`, accepted);
      expect(encoding).toBe("gzip");
      expect(body.length).toBeLessThan(1_500_000);
      expect(gunzipSync(body).toString()).toBe(plain.text);
    }
  });

  it("answers HEAD with the headers of GET", async () => {
    const [whole, head] = [await ask(path), await ask(path, {}, "HEAD")];
    expect([head.status, head.text]).toEqual([200, ""]);
    for (const name of ["etag", "content-type", "content-length", "cache-control"])
      expect(headerOf(head, name), name).toBe(headerOf(whole, name));
  });

  it("refuses other methods and names the permitted ones", async () => {
    const answer = await ask(path, {}, "POST");
    expect([answer.status, headerOf(answer, "allow")]).toEqual([405, "GET, HEAD"]);
    expect(answer.text).toContain("operation.wrong_method");
  });

  it("the request has a line in the access log with the address that a trusted proxy names", async () => {
    const requestId = `log${path.replaceAll("/", "-")}`;
    await ask(`${path}?from=secret`, { "x-request-id": requestId, "x-forwarded-for": "203.0.113.7" });
    // The line is written when the last byte was sent.
    const lines = await eventually(() => {
      const found = server.logLines.filter((line) => line.includes(requestId));
      return found.length > 0 && found.map((line) => JSON.parse(line) as object);
    });
    expect(lines).toMatchObject([{ method: "GET", path, status: 200, ip: "203.0.113.7" }]);
    expect(JSON.stringify(lines)).not.toContain("secret");
  });
});

function bytesOf(url: string, accepted: string): Promise<{ encoding: string | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { "accept-encoding": accepted } }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({ encoding: response.headers["content-encoding"], body: Buffer.concat(parts) }),
      );
    }).on("error", reject);
  });
}

describe("/openapi.json", () => {
  it("the response is the document of the server's version, as JSON", async () => {
    const answer = await ask("/openapi.json");
    expect(headerOf(answer, "content-type")).toBe("application/json; charset=utf-8");
    expect(JSON.parse(answer.text)).toEqual(await createDocument("0.0.0-test", async () => {}));
  });

  it("the document is created in parts, so that other calls are served in between", async () => {
    const times: number[] = [];
    let startedAt = performance.now();
    await createDocument("0.0.0", async () => {
      times.push(performance.now() - startedAt);
      await new Promise((resolve) => setImmediate(resolve));
      startedAt = performance.now();
    });
    expect(times.length).toBeGreaterThan(100);
  });

  it("contains nothing of the machine on which the server runs", async () => {
    const { text } = await ask("/openapi.json");
    for (const part of [
      server.dataDir,
      process.cwd(),
      server.database.name,
      new URL(server.url).host,
      "node_modules",
    ])
      expect(text).not.toContain(part);
  });
});

describe("/docs", () => {
  it("permits scripts, requests and fonts of its own origin only, and no inline script", async () => {
    const answer = await ask("/docs");
    const policy = headerOf(answer, "content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy.replace("style-src 'self' 'unsafe-inline'", "")).not.toContain("unsafe");
    expect(policy).not.toMatch(/https?:|\*/);
    expect(answer.text).not.toMatch(/<script(?![^>]* src=)|\son\w+=|https?:\/\//);
  });

  it("with a slash at the end leads to the page, also behind a proxy with a prefix", async () => {
    const answer = await ask("/docs/");
    expect([answer.status, headerOf(answer, "location")]).toEqual([308, "../docs"]);
  });

  it("names its script by version, so that browsers keep it", async () => {
    const [, script = ""] = /src="(docs\/reference\.js\?v=[\d.]+)"/.exec((await ask("/docs")).text) ?? [];
    const answer = await ask(`/${script}`);
    expect(headerOf(answer, "cache-control")).toBe("public, max-age=31536000, immutable");
    expect(answer.text.length).toBeGreaterThan(1_000_000);
  });

  it("the page is served in production mode, and not with PROJO_DOCS=off", async () => {
    const production = {
      PROJO_ENV: "production",
      PROJO_TOKEN_KEYS: `1:${randomBytes(32).toString("base64url")}`,
      PROJO_SMTP_URL: "smtps://user:password@127.0.0.1:1",
      PROJO_MAIL_FROM: "Engines <mail@example.com>",
      PROJO_APP_URL: "https://app.example.com",
    };
    for (const [setting, status] of [
      ["on", 200],
      ["off", 404],
    ] as const) {
      const other = await startTestServer({ ...production, PROJO_DOCS: setting });
      try {
        const answers = await Promise.all(
          paths.map((path) => exchange(other.url, { method: "GET", path, headers: {} })),
        );
        expect(answers.map((answer) => answer.status)).toEqual([200, status, status, status]);
      } finally {
        await other.close();
      }
    }
  });

  it("the page has a setting that is on or off", () => {
    expect(server.problemOf({ PROJO_DOCS: "yes" })).toBe('PROJO_DOCS must be one of on, off, not "yes".');
  });
});
