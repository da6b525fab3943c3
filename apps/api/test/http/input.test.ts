import { connect } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { operations, reasons, type ErrorData, type Reason } from "@projostack/contract";
import { bySuite } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  arrive,
  call,
  foundWorkspace,
  problemOfMessage,
  send,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { inputOf, setScene, tokenFor, type Scene } from "../resources/index.ts";

const RANDOM_CALLS = bySuite({ short: 800, full: 2_000 });

let server: TestServer;
let ada: Person;
let scene: Scene;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  scene = await setScene(server, ada, { workspaceId: await foundWorkspace(ada), email: ada.email });
});
afterAll(() => server.close());

/** Sends a text as an operation's input. The text may be malformed. */
function sendText(
  name: string,
  json: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const isQuery = operations.find((one) => one.name === name)?.operation.kind === "query";
  const query = isQuery ? `?input=${encodeURIComponent(String(json))}` : "";
  return send(`${server.url}/trpc/${name}${query}`, {
    method: isQuery ? "GET" : "POST",
    headers: {
      authorization: `Bearer ${tokenFor(name, ada, scene)}`,
      "x-workspace-id": scene.workspaceId,
      ...(isQuery ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(isQuery ? {} : { body: json }),
  });
}

const DATABASE_TEXT =
  /sqlstate|prisma|postgres|constraint|relation|violates|column|syntax error|select |insert |\bpg_/i;

/** Asserts the form of an error response. */
function expectErrorForm(answer: Answer, expected?: { status: number; reason: Reason }): void {
  const { error, headers, status, text } = answer;
  expect(Object.keys(JSON.parse(text) as object), text).toEqual(["error"]);
  const outer = (JSON.parse(text) as { error: { message: string; code: number; data: ErrorData } }).error;
  expect(Object.keys(outer).toSorted()).toEqual(["code", "data", "message"]);
  const known: Record<string, readonly [string, string, number?]> = reasons;
  const [code] = known[String(error?.reason)] ?? [];
  expect(error?.code, text).toBe(code);
  expect(problemOfMessage(outer.message, outer.data), text).toBeNull();
  const optional = ["retryAfter", "fieldErrors"].filter((field) => field in (error ?? {}));
  expect(Object.keys(error ?? {}).toSorted()).toEqual(
    ["code", "httpStatus", "reason", "requestId", ...optional].toSorted(),
  );
  expect(error?.httpStatus).toBe(status);
  expect(error?.requestId).toBe(headers.get("x-request-id"));
  expect(error?.requestId).toMatch(/^[\w.:-]{1,128}$/);
  expect(headers.get("content-type")).toMatch(/^application\/json/);
  expect(headers.get("x-content-type-options") ?? "nosniff").toBe("nosniff");
  expect(text).not.toMatch(DATABASE_TEXT);
  expect({ status, reason: error?.reason }).toEqual(expected ?? { status, reason: error?.reason });
}

const malformed = { status: 400, reason: "input.malformed" } as const;
const invalid = { status: 400, reason: "input.invalid" } as const;

const sized = (bytes: number) => {
  const frame = JSON.stringify({ projectId: scene.projectId, title: "" }).length;
  return JSON.stringify({ projectId: scene.projectId, title: "x".repeat(bytes - frame) });
};

const nested = (depth: number) => `{"title":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

describe("N3 A request", () => {
  it("N3 must not exceed 100 KB", async () => {
    expect.hasAssertions();
    expectErrorForm(await sendText("tasks.create", sized(102_401)), {
      status: 413,
      reason: "input.too_large",
    });
    expectErrorForm(await sendText("tasks.create", sized(5_000_000)), {
      status: 413,
      reason: "input.too_large",
    });
    // At the limit, the server reads the request and refuses the title, which is too long.
    expectErrorForm(await sendText("tasks.create", sized(102_400)), invalid);
  });

  it("N3 must not exceed the limits of the URL and the headers", async () => {
    expect.hasAssertions();
    const long = await sendText("tasks.list", JSON.stringify({ search: "x".repeat(40_000) }));
    expectErrorForm(long, { status: 414, reason: "request.url_too_long" });
    const headers = { "x-more": "x".repeat(17_000) };
    expectErrorForm(await send(`${server.url}/livez`, { headers }), {
      status: 431,
      reason: "request.headers_too_large",
    });
    expectErrorForm(await send(`${server.url}/trpc/${"x".repeat(4_000)}`), {
      status: 404,
      reason: "operation.not_found",
    });
  });

  it("N3 must not contain more than 32 levels of nesting", async () => {
    const inside = await sendText("tasks.create", nested(32));
    expectErrorForm(inside, invalid);
    expect(inside.text).not.toContain("nested");
    for (const depth of [33, 100, 10_000, 50_000]) {
      const answer = await sendText("tasks.create", nested(depth));
      expectErrorForm(answer, invalid);
      expect(Object.values(answer.error?.fieldErrors ?? {})).toEqual([
        ["Must not be nested deeper than 32 levels."],
      ]);
    }
    const objects = `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`;
    expectErrorForm(await sendText("tasks.create", objects), invalid);
    expectErrorForm(await sendText("tasks.list", `${"[".repeat(1_000)}${"]".repeat(1_000)}`), invalid);
  });
});

describe("N2 Text", () => {
  const fields = operations.flatMap(({ name, operation }) =>
    textFields(z.toJSONSchema(operation.input, { io: "input" })).map((path) => [name, path] as const),
  );

  it.each(fields)("N2 of %s cannot contain NUL or a lone surrogate in %s", async (name, path) => {
    for (const odd of [
      String.raw`a\u0000b`,
      String.raw`\u0000`,
      String.raw`a\ud800b`,
      String.raw`\udc00\ud800`,
    ]) {
      const input = withValue(inputOf(name, scene), path.split("."), "ODD");
      const answer = await sendText(name, JSON.stringify(input).replace("ODD", odd));
      expectErrorForm(answer, invalid);
      expect(Object.keys(answer.error?.fieldErrors ?? {})).toEqual([path]);
    }
  });

  it("N2 includes the names of fields, at any depth", async () => {
    for (const odd of [String.raw`a\u0000b`, String.raw`a\udfffb`]) {
      for (const json of [`{"${odd}":1}`, `{"title":{"${odd}":1}}`, `{"title":[{"x":{"${odd}":[]}}]}`]) {
        for (const name of ["tasks.create", "tasks.list", "auth.signIn"]) {
          const answer = await sendText(name, json);
          expectErrorForm(answer, invalid);
          expect(answer.text.isWellFormed()).toBe(true);
          expect(Object.values(answer.error?.fieldErrors ?? {}).flat()[0]).toMatch(/NUL|well-formed/);
        }
      }
    }
  });

  it("N2 must be valid UTF-8: the server refuses other bytes and does not replace them", async () => {
    const frame = JSON.stringify({ projectId: scene.projectId, title: "ODD" });
    const [before = "", after = ""] = frame.split("ODD");
    const withBytes = (...bytes: number[]) =>
      sendText(
        "tasks.create",
        Uint8Array.from(Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])),
      );
    for (const bytes of [
      [0xff],
      [0xc3],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0x80],
      [0xe2, 0x82],
    ]) {
      expectErrorForm(await withBytes(...bytes), malformed);
    }
    expect((await withBytes(0xc3, 0xa9)).data.title).toBe("é");
    expect((await withBytes(0xef, 0xbf, 0xbd)).data.title).toBe("\ufffd");
    expectErrorForm(await send(`${server.url}/trpc/system.health?input=%ff%fe`), malformed);
  });
});

describe("N4 An unknown field", () => {
  it.each(operations.map(({ name }) => name))("N4 of %s causes an error that names it", async (name) => {
    const answer = await call(server.url, name, {
      input: { ...inputOf(name, scene), surprise: 1 },
      token: tokenFor(name, ada, scene),
      workspaceId: scene.workspaceId,
    });
    expectErrorForm(answer, invalid);
    expect(answer.error?.fieldErrors).toEqual({ "": [expect.stringMatching(/^Has no field "surprise"\. /)] });
  });

  it.each(["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"])(
    "N4 named %s pollutes no prototype, at any depth",
    async (key) => {
      const inner = `{"${key}":{"polluted":"yes","role":"admin"}}`;
      const item = `{"projectId":"${scene.projectId}","title":"x","${key}":{"polluted":"yes"}}`;
      const inputs: [string, string][] = operations.map(({ name }) => {
        const rest = JSON.stringify(inputOf(name, scene)).slice(1, -1);
        return [name, `{${rest}${rest === "" ? "" : ","}${inner.slice(1, -1)}}`];
      });
      inputs.push(
        ["tasks.createMany", `{"items":[${item}]}`],
        ["tasks.create", `{"title":${inner},"projectId":[${inner}]}`],
      );
      for (const [name, json] of inputs) expectErrorForm(await sendText(name, json), invalid);
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
      expect((await call(server.url, "system.health")).status).toBe(200);
    },
  );
});

describe("N1 The response to unusual requests:", () => {
  const json = { "content-type": "application/json" };
  const post = (body: string, headers: Record<string, string> = json): RequestInit => ({
    method: "POST",
    headers,
    body,
  });
  const eleven = Array.from({ length: 11 }, () => "system.health").join(",");

  it.each<[string, string, RequestInit, { status: number; reason: Reason }]>([
    ["truncated JSON", "/trpc/auth.signIn", post('{"email":"a@b.co"'), malformed],
    ["a body that is not JSON", "/trpc/auth.signIn", post("email=a@b.co"), malformed],
    ["an array as the input", "/trpc/auth.signIn", post("[]"), invalid],
    ["null as the input", "/trpc/auth.signIn", post("null"), invalid],
    ["a number as the input", "/trpc/auth.signIn", post("7"), invalid],
    ["no body", "/trpc/auth.signIn", { method: "POST", headers: json }, invalid],
    ["no content-type", "/trpc/auth.signIn", { method: "POST" }, { status: 415, reason: "input.media_type" }],
    [
      "another content-type",
      "/trpc/auth.signIn",
      post("{}", { "content-type": "text/plain" }),
      { status: 415, reason: "input.media_type" },
    ],
    [
      "a form",
      "/trpc/auth.signIn",
      post("a=b", { "content-type": "application/x-www-form-urlencoded" }),
      { status: 415, reason: "input.media_type" },
    ],
    [
      "a file",
      "/trpc/auth.signIn",
      post("--x--", { "content-type": "multipart/form-data; boundary=x" }),
      { status: 415, reason: "input.media_type" },
    ],
    [
      "bytes",
      "/trpc/auth.signIn",
      post("x", { "content-type": "application/octet-stream" }),
      { status: 415, reason: "input.media_type" },
    ],
    ["a malformed escape in the input", "/trpc/system.health?input=%E0%A4%A", {}, malformed],
    ["a malformed escape in the path", "/trpc/%E0%A4%A", {}, { status: 400, reason: "request.malformed" }],
    ["an unknown operation", "/trpc/tasks.archive", {}, { status: 404, reason: "operation.not_found" }],
    ["a resource without a verb", "/trpc/tasks", {}, { status: 404, reason: "operation.not_found" }],
    ["no operation", "/trpc/", {}, { status: 404, reason: "operation.not_found" }],
    [
      "a property of every object",
      "/trpc/__proto__.toString",
      {},
      { status: 404, reason: "operation.not_found" },
    ],
    [
      "a property of every object",
      "/trpc/tasks.constructor",
      {},
      { status: 404, reason: "operation.not_found" },
    ],
    ["an unknown path", "/admin/../../etc/passwd", {}, { status: 404, reason: "operation.not_found" }],
    ["a query by POST", "/trpc/system.health", post("{}"), { status: 405, reason: "operation.wrong_method" }],
    [
      "a mutation by GET",
      "/trpc/auth.signIn?input={}",
      {},
      { status: 405, reason: "operation.wrong_method" },
    ],
    [
      "PUT",
      "/trpc/auth.signIn",
      { ...post("{}"), method: "PUT" },
      { status: 405, reason: "operation.wrong_method" },
    ],
    ["DELETE", "/trpc/tasks.delete", { method: "DELETE" }, { status: 405, reason: "operation.wrong_method" }],
    [
      "OPTIONS",
      "/trpc/system.health",
      { method: "OPTIONS" },
      { status: 405, reason: "operation.wrong_method" },
    ],
    [
      "a batch of 11 calls",
      `/trpc/${eleven}?batch=1&input={}`,
      {},
      { status: 400, reason: "batch.too_large" },
    ],
    [
      "queries and mutations in one batch",
      "/trpc/auth.signIn,system.health?batch=1",
      post("{}"),
      { status: 400, reason: "batch.mixed" },
    ],
    ["parameters of a connection", "/trpc/system.health?connectionParams=nonsense", {}, malformed],
  ])("N1 %s: %s", async (_, path, init, expected) => {
    expect.hasAssertions();
    expectErrorForm(
      await send(`${server.url}${path}`, {
        ...init,
        headers: { ...(init.headers as Record<string, string>), "x-request-id": "mine" },
      }),
      expected,
    );
  });

  it("N1 a repeated parameter counts once", async () => {
    const twice = await send(`${server.url}/trpc/system.health?input={}&input={"a":1}&batch=0&batch=1`);
    expect(twice.status).toBeLessThan(500);
    expectErrorForm(await send(`${server.url}/trpc/system.health?input={"a":1}&input={}`), invalid);
  });

  it("N1 HEAD returns no body", async () => {
    const answer = await send(`${server.url}/trpc/system.health`, { method: "HEAD" });
    expect([answer.status < 300, answer.text]).toEqual([true, ""]);
  });

  it("N1 a request for events, and a single call that asks for a stream, get an ordinary response", async () => {
    for (const headers of [
      { accept: "text/event-stream" },
      { accept: "application/jsonl" },
      { "trpc-accept": "application/jsonl" },
      { "last-event-id": "1" },
    ]) {
      const one = await send(`${server.url}/trpc/system.health`, {
        headers: headers as Record<string, string>,
      });
      expect(one.data).toMatchObject({ status: "ok" });
      // A batch is streamed: ../trpc/streamed-batches.test.ts
      if (Object.values(headers).includes("application/jsonl")) continue;
      const batch = await send(`${server.url}/trpc/system.health,auth.me?batch=1&input={}`, {
        headers: headers as Record<string, string>,
      });
      expect(JSON.parse(batch.text)).toMatchObject([
        { result: {} },
        { error: { data: { reason: "auth.unauthenticated" } } },
      ]);
    }
  });

  it("N1 bytes that are not HTTP get an error in the same form", async () => {
    for (const [bytes, status] of [
      ["GET /\0 HTTP/1.1\r\n\r\n", 400],
      ["NONSENSE\r\n\r\n", 400],
      [`GET / HTTP/1.1\r\nx: ${"y".repeat(70_000)}\r\n\r\n`, 431],
    ] as const) {
      const { hostname, port } = new URL(server.url);
      const socket = connect(Number(port), hostname);
      socket.on("error", () => {});
      socket.write(bytes);
      const [head = "", body = ""] = (await textOf(socket)).split("\r\n\r\n");
      expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      const { data } = (JSON.parse(body) as { error: { data: ErrorData } }).error;
      expect(data.httpStatus).toBe(status);
      expect(head).toContain(`x-request-id: ${data.requestId}`);
    }
  });

  it("N1 each call of a batch of 10 gets its own result", async () => {
    const names = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? "projects.get" : "projects.list"));
    const input = Object.fromEntries(
      names.map((name, n) => [
        n,
        name === "projects.get" ? { id: n === 0 ? scene.projectId : n } : { limit: n },
      ]),
    );
    const answer = await send(
      `${server.url}/trpc/${names.join(",")}?batch=1&input=${encodeURIComponent(JSON.stringify(input))}`,
      {
        headers: { authorization: `Bearer ${ada.token}`, "x-workspace-id": scene.workspaceId },
      },
    );
    const each = JSON.parse(answer.text) as { result?: { data: unknown }; error?: { data: ErrorData } }[];
    expect(answer.status).toBe(207);
    expect(each.map(({ result, error }) => (result ? "answered" : error?.data.reason))).toEqual(
      names.map((name, n) => (name === "projects.get" && n > 0 ? "input.invalid" : "answered")),
    );
    for (const { error } of each)
      expect(error?.data.requestId ?? answer.headers.get("x-request-id")).toBe(
        answer.headers.get("x-request-id"),
      );
  });

  it("N1 extreme dates are accepted or refused and cause no 5xx", async () => {
    const edges = [
      "0000-01-01T00:00:00Z",
      "0000-01-01T00:00:00+23:59",
      "0001-01-01T00:00:00Z",
      "9999-12-31T23:59:59.999999999Z",
      "9999-12-31T23:59:59-23:59",
      "2026-06-30T23:59:60Z",
      "2026-02-29T00:00:00Z",
      "2024-02-29T24:00:00Z",
      "+010000-01-01T00:00:00Z",
      "1e9",
    ];
    for (const edge of edges) {
      for (const field of ["createdAfter", "createdBefore"]) {
        const answer = await ada.call("tasks.list", { [field]: edge }, scene.workspaceId);
        expect([200, 400], `${field} ${edge}`).toContain(answer.status);
      }
    }
  });

  it(`N1 ${RANDOM_CALLS} random calls of every operation: no 5xx, no database text, and errors in the declared form`, async () => {
    const random = mulberry32(20_261_122);
    const counts = new Map<number, number>();
    for (let round = 0; round < RANDOM_CALLS / 8; round += 1) {
      const calls = Array.from({ length: 8 }, () => {
        const { name, operation } = pick(random, operations);
        return { name, json: fuzzed(random, name, z.toJSONSchema(operation.input, { io: "input" })) };
      });
      const answers = await Promise.all(calls.map(({ name, json: text }) => sendText(name, text)));
      for (const [n, answer] of answers.entries()) {
        counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
        const sent = `${calls[n]?.name} ${calls[n]?.json.slice(0, 300)}`;
        expect(answer.status, `${sent}\n${answer.text}`).toBeLessThan(500);
        if (answer.status >= 400) expectErrorForm(answer);
      }
      // Some calls are valid and sign out or delete rows. Create a new user and workspace then.
      if (round % 10 === 0 || calls.some(({ name }) => name === "auth.signOut")) {
        ada = await arrive(server, `ada${round}`);
        scene = await setScene(server, ada, { workspaceId: await foundWorkspace(ada), email: ada.email });
      }
    }
    // The proof needs many valid calls and many invalid ones.
    expect(counts.get(200)).toBeGreaterThan(RANDOM_CALLS / 20);
    expect(counts.get(400)).toBeGreaterThan(RANDOM_CALLS / 4);
    const leaked = server.logLines.filter((line) => line.includes("a bug"));
    expect(leaked).toEqual([]);
  });
});

describe("A request id", () => {
  it("comes from the caller if it is harmless, and appears in the response, the error and the log", async () => {
    for (const id of ["a", "Trace-1.2:3_4", "x".repeat(128)]) {
      const answer = await call(server.url, "auth.me", { headers: { "x-request-id": id } });
      expect([answer.headers.get("x-request-id"), answer.error?.requestId]).toEqual([id, id]);
      expect(server.logLines.some((line) => line.includes(`"requestId":"${id}"`))).toBe(true);
    }
    const health = await call(server.url, "system.health", { headers: { "x-request-id": "also-when-well" } });
    expect(health.headers.get("x-request-id")).toBe("also-when-well");
  });

  it("comes from the server if the caller's could forge a log line or is missing", async () => {
    for (const id of [
      "",
      " ",
      "a b",
      "x".repeat(129),
      "é",
      '{"level":50}',
      "<script>",
      "a,b",
      "../x",
      "a;b",
      "a=b",
    ]) {
      const answer = await call(server.url, "auth.me", { headers: { "x-request-id": id } });
      expect(answer.error?.requestId, id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(answer.headers.get("x-request-id")).toBe(answer.error?.requestId);
    }
  });
});

type Schema = Readonly<Record<string, unknown>>;
const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null;

/** Returns the dotted paths of the text fields of an input schema. */
function textFields(schema: unknown, path = ""): string[] {
  if (!isSchema(schema)) return [];
  if (schema["type"] === "string") return [path];
  const { properties, items } = schema;
  const dotted = (field: string) => (path === "" ? field : `${path}.${field}`);
  const inside = isSchema(properties)
    ? Object.entries(properties).flatMap(([field, part]) => textFields(part, dotted(field)))
    : [];
  return [...inside, ...textFields(items, dotted("0"))];
}

function withValue(input: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  if (Array.isArray(input)) return input.map((item: unknown) => withValue(item, rest, value));
  const fields = isSchema(input) ? input : {};
  return { ...fields, [first]: withValue(fields[first], rest, value) };
}

type Random = () => number;

/** A small random number generator with a seed. */
function mulberry32(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(random: Random, all: readonly T[]): T {
  return all[Math.floor(random() * all.length)] as T;
}

const oddities = [
  "null",
  "true",
  "-1",
  "0",
  "1.5",
  "1e999",
  "-1e999",
  "9007199254740993",
  "1e-400",
  "-0",
  '""',
  '"x"',
  "[]",
  "{}",
  "[[[]]]",
  '{"a":{"b":{}}}',
  String.raw`"\u0000"`,
  String.raw`"\ud800"`,
  String.raw`"\uffff\ufdd0"`,
  '"\'; DROP TABLE tasks; --"',
  '"%_\\\\"',
  '"NaN"',
  '"0190a6f0-0000-7000-8000-00000000abcd"',
  '"00000000-0000-0000-0000-000000000000"',
  '"ffffffff-ffff-ffff-ffff-ffffffffffff"',
  '"0000-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59Z"',
  `"${"x".repeat(300)}"`,
  `"${"🙂".repeat(200)}"`,
  `"${"\\\\".repeat(100)}"`,
  '"a@b.co"',
  '"\u202e"',
  "[null]",
  '[{"title":1}]',
];

/** Returns a valid input with some fields replaced, removed or added, or another JSON value. */
function fuzzed(random: Random, name: string, schema: unknown): string {
  if (random() < 0.1) return pick(random, oddities);
  const valid = { ...inputOf(name, scene) };
  const properties =
    isSchema(schema) && isSchema(schema["properties"]) ? Object.keys(schema["properties"]) : [];
  const texts = Object.fromEntries(
    Object.entries(valid).map(([field, value]) => [field, JSON.stringify(value)]),
  );
  for (const field of properties) if (random() < 0.3) texts[field] = pick(random, oddities);
  for (const field of properties) if (random() < 0.05) delete texts[field];
  if (random() < 0.05) texts[pick(random, ["extra", "id", "__proto__", "userId"])] = pick(random, oddities);
  return `{${Object.entries(texts)
    .map(([field, value]) => `${JSON.stringify(field)}:${value}`)
    .join(",")}}`;
}
