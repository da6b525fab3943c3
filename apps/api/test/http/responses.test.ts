// Properties of every HTTP response: the content type, no caching, no redirects and no files.
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrive, foundWorkspace, startTestServer, type Person, type TestServer } from "../kit/index.ts";

let server: TestServer;
let person: Person;
let workspaceId: string;
beforeAll(async () => {
  server = await startTestServer();
  person = await arrive(server, "person");
  workspaceId = await foundWorkspace(person);
});
afterAll(() => server.close());

/** Sends text and returns everything that the server sends until it closes the connection. */
async function raw(lines: readonly string[], body = ""): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
  return text(socket);
}

const headers = () => ({ authorization: `Bearer ${person.token}`, "x-workspace-id": workspaceId });
const input = encodeURIComponent("{}");

describe("Every response", () => {
  const requests: Record<string, () => [path: string, init?: RequestInit]> = {
    "a query": () => [`/trpc/tasks.list?input=${input}`, { headers: headers() }],
    "a batch of queries": () => [
      `/trpc/auth.me,workspaces.list?batch=1&input=${input}`,
      { headers: headers() },
    ],
    "a mutation": () => [
      "/trpc/projects.create",
      {
        method: "POST",
        headers: { ...headers(), "content-type": "application/json" },
        body: JSON.stringify({ name: "A project" }),
      },
    ],
    "a refused token": () => ["/trpc/auth.me", { headers: { authorization: "Bearer pja_wrong" } }],
    "an unknown operation": () => ["/trpc/no.such"],
    "an unknown path": () => ["/admin"],
    "a wrong method": () => ["/trpc/auth.me", { method: "DELETE" }],
    "a repeated parameter": () => [`/trpc/tasks.list?input=${input}&input=${input}`, { headers: headers() }],
    "a malformed body": () => [
      "/trpc/auth.signIn",
      { method: "POST", headers: { "content-type": "application/json" }, body: "{" },
    ],
    "the health of the process": () => ["/livez"],
    "the health of the database": () => ["/readyz"],
  };

  it.each(Object.keys(requests))(
    "contains JSON in UTF-8 and forbids caching and sniffing: %s",
    async (name) => {
      const [path, init] = requests[name]?.() ?? [""];
      const answer = await fetch(server.url + path, { ...init, redirect: "manual" });
      expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(JSON.parse(await answer.text())).toBeTypeOf("object");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("location")).toBeNull();
      expect(answer.status >= 300 && answer.status < 400).toBe(false);
    },
  );
});

describe("The server", () => {
  it.each(["/", "/.git/config", "/package.json", "/trpc", "/trpc/", "/../package.json", "/dist/main.js"])(
    "serves no file and lists no directory: %s",
    async (path) => {
      const answer = await raw([`GET ${path} HTTP/1.1`, "host: localhost", "connection: close"]);
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).toContain('"reason":"operation.not_found"');
    },
  );

  it.each(["TRACE", "CONNECT"])("refuses %s and returns no header of the request", async (method) => {
    const target = method === "CONNECT" ? "localhost:1" : "/trpc/auth.me";
    const answer = await raw([
      `${method} ${target} HTTP/1.1`,
      "host: localhost",
      "x-secret: a-secret-header",
      "connection: close",
    ]);
    expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
    expect(answer).not.toContain("a-secret-header");
  });

  it.each([
    ["two lengths", ["content-length: 2", "content-length: 3"]],
    ["a length and chunks", ["content-length: 2", "transfer-encoding: chunked"]],
    ["an unknown transfer encoding", ["transfer-encoding: identity, chunked, x"]],
    ["a space before the colon", ["content-length : 2"]],
  ])("refuses a message whose end is ambiguous: %s", async (_, lengths) => {
    const answer = await raw(
      [
        "POST /trpc/auth.signOut HTTP/1.1",
        "host: localhost",
        "content-type: application/json",
        ...lengths,
        "connection: close",
      ],
      "{}",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
  });
});
