// B1 A page of an allowed origin can read every answer, of each way in which the server answers a request. For every other page,
// and for clients that are no browser, the answers are those of a server without allowed origins.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Heard, Sent } from "../equality/exchange.ts";
import { arrive, foundWorkspace, startServerOver, startTestServer, type TestServer } from "../kit/index.ts";
import { exchangeRaw, type RawAnswer } from "../regression/raw-requests.ts";
import { bodyRows } from "../regression/refused-requests/body-rows.ts";
import { callerRows, workspaceRows } from "../regression/refused-requests/caller-rows.ts";
import { connectionRows } from "../regression/refused-requests/connection-rows.ts";
import { inputRows } from "../regression/refused-requests/input-rows.ts";
import { batchRows, pathRows } from "../regression/refused-requests/path-rows.ts";
import type { CallerHeaders, Row } from "../regression/refused-requests/row.ts";
import {
  allowing,
  APP,
  askFrom,
  DEVELOPMENT,
  FOREIGN,
  foreignOrigins,
  permissionFor,
  permissionIn,
  varyIn,
} from "./origins.ts";

let fast: TestServer;
let plain: TestServer;
let without: TestServer;
let caller: CallerHeaders;
let headers: Readonly<Record<string, string>>;
beforeAll(async () => {
  // The servers accept the same tokens.
  const keys = { PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString("base64url")}` };
  without = await startTestServer(keys);
  fast = await startServerOver(without.database, { ...keys, ...allowing, PROJO_FAST_PATH: "true" });
  plain = await startServerOver(without.database, { ...keys, ...allowing, PROJO_FAST_PATH: "false" });
  const person = await arrive(without, "person");
  const workspaceId = await foundWorkspace(person);
  headers = { authorization: `Bearer ${person.token}`, "x-workspace-id": workspaceId };
  caller = {
    bearer: `authorization: Bearer ${person.token}`,
    workspaceHeader: `x-workspace-id: ${workspaceId}`,
  };
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

const get = (path: string, more: Readonly<Record<string, string>> = {}): Sent => ({
  method: "GET",
  path,
  headers: { ...headers, ...more },
});
const post = (path: string, body: string, more: Readonly<Record<string, string>> = {}): Sent => ({
  method: "POST",
  path,
  headers: { ...headers, "content-type": "application/json", ...more },
  body,
});
const input = encodeURIComponent("{}");
const superjson = encodeURIComponent('{"json":{}}');
const stream = { "trpc-accept": "application/jsonl" };

/** Requests of which each is answered in another way. */
const requests: Readonly<Record<string, readonly [status: number, sent: () => Sent]>> = {
  "a query": [200, () => get(`/trpc/tasks.list?input=${input}`)],
  "a query without a token": [200, () => ({ method: "GET", path: "/trpc/system.health", headers: {} })],
  "a query by HEAD": [204, () => ({ ...get(`/trpc/tasks.list?input=${input}`), method: "HEAD" })],
  "a query with a content type": [
    200,
    () => get(`/trpc/tasks.list?input=${input}`, { "content-type": "application/json" }),
  ],
  "a batch of queries": [200, () => get(`/trpc/auth.me,workspaces.list?batch=1&input=${input}`)],
  "a batch with different statuses": [207, () => get("/trpc/auth.me,tasks.get?batch=1&input={}")],
  "a streamed batch": [200, () => get(`/trpc/auth.me,tasks.get?batch=1&input=${input}`, stream)],
  "a mutation": [200, () => post("/trpc/workspaces.rename", '{"name":"Engines"}')],
  "a streamed batch of mutations": [
    200,
    () => post("/trpc/workspaces.rename,nope?batch=1", '{"0":{"name":"Engines"}}', stream),
  ],
  "a mutation with an idempotency key": [
    200,
    () => post("/trpc/projects.create", '{"name":"Notes"}', { "idempotency-key": "a-key" }),
  ],
  "input of superjson": [400, () => get(`/trpc/tasks.list?input=${superjson}`)],
  "/livez": [200, () => get("/livez")],
  "/readyz": [200, () => get("/readyz")],
  "/openapi.json": [200, () => get("/openapi.json")],
  "/openapi.json, compressed": [200, () => get("/openapi.json", { "accept-encoding": "gzip" })],
  "/openapi.json, known": [304, () => get("/openapi.json", { "if-none-match": "*" })],
  "/docs": [200, () => get("/docs")],
  "a redirect": [308, () => get("/docs/")],
  "the keys of audit logs": [200, () => get("/.well-known/projo-audit-keys.json")],
};

/** Headers in which two equal answers differ, and those that this test compares by themselves. */
const NOT_COMPARED = new Set(["date", "ratelimit", "vary", "content-length", "transfer-encoding"]);
const compared = ({ status, headers: all, text }: Heard) => ({
  status,
  text,
  headers: all.filter(([name]) => !NOT_COMPARED.has(name) && !name.startsWith("access-control-")),
});
const sameId = (name: string, sent: Sent): Sent => ({
  ...sent,
  headers: { ...sent.headers, "x-request-id": name.replaceAll(/[^\w]/g, "-") },
});

describe.each(both)("an answer of a server with allowed origins, by %s", (_, server) => {
  it.each(Object.keys(requests))("B1 permits the origin and is otherwise the same: %s", async (name) => {
    const [status, sent] = requests[name] ?? [0, () => get("/")];
    const request = sameId(name, sent());
    // The first answer of a mutation with a key differs from the later ones.
    if (name.includes("idempotency")) await askFrom(without, undefined, request);
    const usual = await askFrom(without, undefined, request);
    expect(usual.status).toBe(status);
    expect(permissionIn(usual.headers)).toEqual({});
    const expectedVary = [...varyIn(usual.headers), "origin"];
    for (const origin of [APP, DEVELOPMENT]) {
      const answer = await askFrom(server(), origin, request);
      expect(permissionIn(answer.headers)).toEqual(permissionFor(origin));
      expect(varyIn(answer.headers)).toEqual(expectedVary);
      expect(compared(answer)).toEqual(compared(usual));
    }
    for (const origin of [undefined, FOREIGN, "null"]) {
      const answer = await askFrom(server(), origin, request);
      expect(permissionIn(answer.headers)).toEqual({});
      expect(varyIn(answer.headers)).toEqual(expectedVary);
      expect(compared(answer)).toEqual(compared(usual));
    }
  });

  it.each(foreignOrigins)("B1 permits nothing to the origin %j", async (origin) => {
    for (const [, sent] of [requests["a query"], requests["a mutation"], requests["/livez"]].filter(
      (one) => one !== undefined,
    )) {
      const answer = await askFrom(server(), origin, sent());
      expect(permissionIn(answer.headers)).toEqual({});
      expect(varyIn(answer.headers)).toContain("origin");
    }
  });
});

const rows = [
  ...connectionRows,
  ...bodyRows,
  ...batchRows,
  ...pathRows,
  ...inputRows,
  ...callerRows,
  ...workspaceRows,
];

/** Requests that no browser sends, and from whose bytes the server reads no origin. */
const WITHOUT_ORIGIN = new Set([
  "a TLS handshake",
  "a tunnel",
  "lines that end with LF",
  "a body that ends too early",
]);

/** Sends the request of a row with the origin as its first header. */
function exchangeFrom({ url }: TestServer, row: ReturnType<Row[1]>, origin: string): Promise<RawAnswer> {
  const { bytes, ...more } = typeof row === "string" || Buffer.isBuffer(row) ? { bytes: row } : row;
  const buffer = Buffer.from(bytes);
  const end = buffer.indexOf("\r\n");
  const line = Buffer.from(end === -1 ? "" : `\r\norigin: ${origin}`);
  return exchangeRaw(url, {
    ...more,
    bytes: Buffer.concat([buffer.subarray(0, end), line, buffer.subarray(end)]),
  });
}

describe.each(both)("a refusal of a server with allowed origins, by %s", (_, server) => {
  it.each(rows.filter(([title]) => !WITHOUT_ORIGIN.has(title)))(
    "B1 permits the origin: %s",
    async (_title, row) => {
      const answer = await exchangeFrom(server(), row(caller), APP);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(permissionIn([...answer.headers])).toEqual(permissionFor(APP));
      expect(varyIn([...answer.headers])).toContain("origin");
      const foreign = await exchangeFrom(server(), row(caller), FOREIGN);
      expect(foreign.status).toBe(answer.status);
      expect(permissionIn([...foreign.headers])).toEqual({});
      expect(varyIn([...foreign.headers])).toContain("origin");
    },
  );
});
