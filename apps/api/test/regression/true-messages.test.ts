// Each refusal of a request names its true cause and the next step, with and without the fast path. The requests are bytes on a
// socket, because HTTP clients do not send most of them.
import { gzipSync } from "node:zlib";
import { httpStatusOf, type ErrorShape, type Reason } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  foundWorkspace,
  problemOfMessage,
  startServerOver,
  startTestServer,
  type TestServer,
} from "../kit/index.ts";
import { exchangeRaw, postBytes, requestText, type RawRequest } from "./raw-requests.ts";

let fast: TestServer;
let plain: TestServer;
let bearer: string;
let workspaceHeader: string;
beforeAll(async () => {
  // Both servers accept the same tokens.
  const keys = { PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString("base64url")}` };
  fast = await startTestServer({ ...keys, PROJO_FAST_PATH: "true" });
  plain = await startServerOver(fast.database, { ...keys, PROJO_FAST_PATH: "false" });
  const person = await arrive(fast, "person");
  bearer = `authorization: Bearer ${person.token}`;
  workspaceHeader = `x-workspace-id: ${await foundWorkspace(person)}`;
});
afterAll(async () => {
  await plain.close();
  await fast.close();
});

interface Refusal {
  readonly reason: Reason;
  readonly message: string;
  /** Whether the server closes the connection. */
  readonly closes?: boolean;
  readonly allow?: string;
}

type Row = readonly [title: string, request: () => string | Buffer | RawRequest, expected: Refusal];

const get = (path: string, headers: readonly string[] = []) => requestText("GET", path, headers);
const chunked = ["content-type: application/json", "transfer-encoding: chunked"];
const many = (count: number, name: string) => Array.from({ length: count }, () => name).join(",");
const input = (json: string) => encodeURIComponent(json);
const malformed = (message: string): Refusal => ({ reason: "request.malformed", message, closes: true });
const notJson = (message: string): Refusal => ({ reason: "input.malformed", message });
const notFound = (message: string): Refusal => ({ reason: "operation.not_found", message });
const noAccess = (message: string): Refusal => ({ reason: "auth.unauthenticated", message });

const HEADER =
  "A header has a character that is not allowed in headers, or a line that is not a header. Correct the headers.";
const METHOD =
  "The request does not begin with an HTTP method such as GET or POST. Send it with an HTTP client.";
const LENGTH =
  "The length of the body is ambiguous: the headers content-length and transfer-encoding are wrong or contradict each other. Send one valid content-length.";
const URL_ENCODING =
  "The URL contains a character that must be percent-encoded, such as a space. Encode the input with encodeURIComponent.";
const VERSION =
  "The first line of the request must end with HTTP/1.1 and a line break of CR and LF. Send the request with an HTTP client.";
const SCHEME =
  'The authorization header has the wrong form. Write it as "Bearer", a space, and the access token or the service key.';
const BODY_SIZE: Refusal = {
  reason: "input.too_large",
  message: "The body is larger than 100 KB. Send it in smaller parts.",
  closes: true,
};
const COMPRESSED: Refusal = {
  reason: "input.encoding",
  message:
    "The body is compressed, and the server accepts only uncompressed bodies. Send it without content-encoding.",
  closes: true,
};
const LARGE_BATCH: Refusal = {
  reason: "batch.too_large",
  message: "A batch holds at most 10 calls, and this one has more. Send several smaller batches.",
};
const MIXED_BATCH: Refusal = {
  reason: "batch.mixed",
  message:
    "A batch holds either queries or mutations, and this one has both. Send the queries with GET and the mutations with POST.",
};
const MEDIA_TYPE: Refusal = {
  reason: "input.media_type",
  message: "Send the body as JSON, with content-type: application/json.",
};
const LONG_HEADERS: Refusal = {
  reason: "request.headers_too_large",
  message: "The headers are larger than the 16 KB that the server accepts. Send fewer or shorter headers.",
  closes: true,
};
const LONG_URL: Refusal = {
  reason: "request.url_too_long",
  message: "The URL is longer than the 16 KB that the server accepts. Send a shorter input.",
  closes: true,
};
const AT_SYSTEM_HEALTH = notFound("There is nothing at this path. Send the call to /trpc/system.health.");
const NO_PATH = notFound(
  "There is nothing at this path. Operations are at /trpc/<operation>, such as /trpc/system.health. Check the URL.",
);

const connectionRows: Row[] = [
  [
    "a TLS handshake",
    () => Buffer.from("16030100c8010000c40303", "hex"),
    malformed(
      "This port speaks HTTP, and the request began with a TLS handshake. Use a URL that begins with http://, or put a proxy that ends TLS before the server.",
    ),
  ],
  [
    "the preface of HTTP/2",
    () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    malformed(
      "This port speaks HTTP/1.1, and the request began as HTTP/2. Use HTTP/1.1, or put a proxy before the server.",
    ),
  ],
  [
    "a tunnel",
    () => "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n",
    malformed(
      "This server is not a proxy, so it opens no tunnel for CONNECT. Send the request to the server directly.",
    ),
  ],
  ["text that is not HTTP", () => "hello there\r\n\r\n", malformed(METHOD)],
  ["an unknown method", () => "FOO /livez HTTP/1.1\r\nhost: test\r\n\r\n", malformed(METHOD)],
  ["a method in lower case", () => "get /livez HTTP/1.1\r\nhost: test\r\n\r\n", malformed(METHOD)],
  ["HTTP/3.0", () => "GET /livez HTTP/3.0\r\nhost: test\r\n\r\n", malformed(VERSION)],
  ["lines that end with LF", () => "GET /livez HTTP/1.1\nhost: test\n\n", malformed(VERSION)],
  ["a space in the URL", () => get('/trpc/tasks.list?input={"a": 1}'), malformed(URL_ENCODING)],
  ["a letter é in the URL", () => get('/trpc/tasks.list?input={"a":"é"}'), malformed(URL_ENCODING)],
  ["a header with a space in its name", () => get("/livez", ["bad name: 1"]), malformed(HEADER)],
  ["a header without a colon", () => get("/livez", ["nonsense"]), malformed(HEADER)],
  ["a NUL in a header", () => get("/livez", ["a: b\0c"]), malformed(HEADER)],
  [
    "no Host header",
    () => "GET /trpc/system.health HTTP/1.1\r\n\r\n",
    malformed("The request has no Host header. Add one: HTTP/1.1 requires it."),
  ],
  ["17 KB in one header", () => get("/livez", [`x-a: ${"x".repeat(17_000)}`]), LONG_HEADERS],
  [
    "17 KB in 340 headers",
    () =>
      get(
        "/trpc/system.health",
        Array.from({ length: 340 }, (_, n) => `x-${n}: ${"x".repeat(45)}`),
      ),
    LONG_HEADERS,
  ],
  ["a URL of 17 KB", () => get(`/trpc/tasks.list?input=${"x".repeat(17_000)}`), LONG_URL],
  ["a path of 17 KB", () => get(`/trpc/${"x".repeat(17_000)}`), LONG_URL],
  [
    "an unknown expectation",
    () => get("/livez", ["expect: wonders"]),
    {
      reason: "request.expectation",
      message:
        "The server supports only the expectation 100-continue. Send the request without another Expect header.",
      closes: true,
    },
  ],
];

const lengthRows: Row[] = [
  [
    "two different lengths",
    () => requestText("POST", "/trpc/auth.signIn", ["content-length: 2", "content-length: 3"]),
    malformed(LENGTH),
  ],
  [
    "a length and chunks",
    () => requestText("POST", "/trpc/auth.signIn", ["content-length: 2", ...chunked]),
    malformed(LENGTH),
  ],
  [
    "a length that is no number",
    () => requestText("POST", "/trpc/auth.signIn", ["content-length: abc"]),
    malformed(LENGTH),
  ],
  [
    "a malformed chunk",
    () => `${requestText("POST", "/trpc/auth.signIn", chunked)}zz\r\n{}\r\n0\r\n\r\n`,
    malformed("A chunk of the body is malformed. Send the body with content-length, or correct the chunks."),
  ],
  [
    "a body that ends too early",
    () => ({
      bytes: `${requestText("POST", "/trpc/auth.signIn", ["content-type: application/json", "content-length: 100"])}{`,
      end: true,
    }),
    malformed(
      "The connection ended before the body was complete. Check content-length, then send the request again.",
    ),
  ],
  ["a body of 101 KB", () => postBytes("/trpc/auth.signIn", " ".repeat(103_424)), BODY_SIZE],
  [
    "the announcement of 1 GB",
    () =>
      requestText("POST", "/trpc/auth.signIn", [
        "content-type: application/json",
        "content-length: 1000000000",
      ]),
    BODY_SIZE,
  ],
  [
    "128 KB in chunks",
    () => `${requestText("POST", "/trpc/auth.signIn", chunked)}20000\r\n${" ".repeat(0x20000)}\r\n0\r\n\r\n`,
    BODY_SIZE,
  ],
  ...["gzip", "br", "deflate", "zstd", "identity, gzip"].map((encoding): Row => [
    `a body encoded as ${encoding}`,
    () => postBytes("/trpc/auth.signIn", gzipSync("{}"), [`content-encoding: ${encoding}`]),
    COMPRESSED,
  ]),
  [
    "a compressed transfer",
    () =>
      `${requestText("POST", "/trpc/auth.signIn", ["content-type: application/json", "transfer-encoding: gzip, chunked"])}2\r\n{}\r\n0\r\n\r\n`,
    {
      reason: "input.encoding",
      message:
        "The body has a transfer-encoding that the server does not decode. Send it with content-length, or with transfer-encoding: chunked alone.",
      closes: true,
    },
  ],
];

const batchRows: Row[] = [
  [
    "a batch of eleven queries",
    () => get(`/trpc/${many(11, "system.health")}?batch=1&input={}`),
    LARGE_BATCH,
  ],
  [
    "a batch of eleven mutations",
    () => postBytes(`/trpc/${many(11, "auth.signOut")}?batch=1`, "{}"),
    LARGE_BATCH,
  ],
  ["a batch of both kinds by GET", () => get("/trpc/system.health,auth.signOut?batch=1"), MIXED_BATCH],
  [
    "a batch of both kinds by POST",
    () => postBytes("/trpc/auth.signOut,system.health?batch=1", "{}"),
    MIXED_BATCH,
  ],
  [
    "a batch without batch=1",
    () => get("/trpc/system.health,auth.me?input={}"),
    notFound(
      "There is no operation with a comma in its name. For a batch, add batch=1 to the query of the URL.",
    ),
  ],
  [
    "a batch with a long operation",
    () => get("/trpc/audit.verify,tasks.list?batch=1&input={}"),
    {
      reason: "batch.not_allowed",
      message: "One of these operations takes too long for a batch. Send it in a separate request.",
    },
  ],
  [
    "a batch whose input is a list",
    () => postBytes("/trpc/auth.signOut?batch=1", "[{}]"),
    notJson(
      'The body of a batch must be an object with the input of each call by its position: "0", "1" and so on. Correct it and send it again.',
    ),
  ],
];

const pathRows: Row[] = [
  [
    "a misspelled operation",
    () => get("/trpc/task.list"),
    notFound('There is no operation "task.list". Did you mean tasks.list?'),
  ],
  [
    "an operation in another case",
    () => postBytes("/trpc/Tasks.createmany", "{}"),
    notFound('There is no operation "Tasks.createmany". Did you mean tasks.createMany?'),
  ],
  [
    "an operation that no name resembles",
    () => get("/trpc/nothing.like.this"),
    notFound('There is no operation "nothing.like.this". Check its name in the reference of operations.'),
  ],
  [
    "a name with other characters",
    () => get("/trpc/%3Cscript%3E"),
    notFound("There is no such operation. Check its name."),
  ],
  ["a slash at the end", () => get("/trpc/system.health/"), AT_SYSTEM_HEALTH],
  ["/trpc twice", () => get("/trpc/trpc/system.health?input={}"), AT_SYSTEM_HEALTH],
  ["no /trpc", () => get("/system.health"), AT_SYSTEM_HEALTH],
  ["a prefix before /trpc", () => get("/api/trpc/system.health"), AT_SYSTEM_HEALTH],
  ["the root", () => get("/"), NO_PATH],
  ["/trpc alone", () => get("/trpc"), NO_PATH],
  ["another path", () => postBytes("/admin", "{}"), NO_PATH],
  [
    "a malformed escape in the path",
    () => get("/trpc/%zz"),
    {
      reason: "request.malformed",
      message: "The path has a malformed percent-encoding. Encode it with encodeURIComponent.",
    },
  ],
  [
    "GET for a mutation",
    () => get("/trpc/auth.signIn"),
    {
      reason: "operation.wrong_method",
      message: "auth.signIn is a mutation. Send it with POST, and its input in the body.",
      allow: "POST",
    },
  ],
  [
    "POST for a query",
    () => postBytes("/trpc/tasks.list", "{}"),
    {
      reason: "operation.wrong_method",
      message: "tasks.list is a query. Send it with GET, and its input in the query parameter input.",
      allow: "GET",
    },
  ],
  ...["PUT", "PATCH", "DELETE", "OPTIONS"].map((method): Row => [
    `${method} of an operation`,
    () => requestText(method, "/trpc/tasks.list", ["content-length: 0"]),
    {
      reason: "operation.wrong_method",
      message: `The server does not support ${method} here. Send queries with GET, and mutations with POST.`,
      allow: "GET, POST",
    },
  ]),
  [
    "POST of a health endpoint",
    () => requestText("POST", "/livez", ["content-length: 0"]),
    {
      reason: "operation.wrong_method",
      message: "The server does not support POST here. Use GET.",
      allow: "GET, HEAD",
    },
  ],
];

const inputRows: Row[] = [
  ["no content type", () => postBytes("/trpc/auth.signOut", "{}", ["content-type:"]), MEDIA_TYPE],
  [
    "a form",
    () => postBytes("/trpc/auth.signOut", "a=b", ["content-type: application/x-www-form-urlencoded"]),
    MEDIA_TYPE,
  ],
  ["text/json", () => postBytes("/trpc/auth.signOut", "{}", ["content-type: text/json"]), MEDIA_TYPE],
  [
    "UTF-16",
    () => postBytes("/trpc/auth.signOut", Buffer.from('{"a":1}', "utf16le")),
    notJson("The body looks like UTF-16. Encode it as UTF-8."),
  ],
  [
    "UTF-16 with a byte order mark",
    () => postBytes("/trpc/auth.signOut", Buffer.from('\ufeff{"a":1}', "utf16le")),
    { ...notJson("The body looks like UTF-16. Encode it as UTF-8."), closes: true },
  ],
  [
    "bytes that are not UTF-8",
    () => postBytes("/trpc/auth.signOut", Buffer.from([0x22, 0xff, 0x22])),
    { ...notJson("The body is not valid UTF-8. Encode it as UTF-8."), closes: true },
  ],
  [
    "bytes in a declared charset",
    () =>
      postBytes("/trpc/auth.signOut", Buffer.from([0x22, 0xe9, 0x22]), [
        "content-type: application/json; charset=iso-8859-1",
      ]),
    {
      reason: "input.media_type",
      message:
        "The body must be JSON in UTF-8, and content-type names another charset. Encode the body as UTF-8, with content-type: application/json.",
      closes: true,
    },
  ],
  [
    "a comma before the end",
    () => postBytes("/trpc/auth.signIn", '{"email":"a@b.co",\n}'),
    notJson("The body is not valid JSON: unexpected } at line 2, character 1. Remove the comma before it."),
  ],
  [
    "single quotes",
    () => postBytes("/trpc/auth.signIn", "{'email':1}"),
    notJson("The body is not valid JSON: unexpected ' at line 1, character 2. Use double quotes."),
  ],
  [
    "a body that was cut",
    () => postBytes("/trpc/auth.signIn", '{"password":"secret'),
    notJson("The body is not valid JSON: it ends too early, after character 19. Send the whole input."),
  ],
  [
    "a form as JSON",
    () => postBytes("/trpc/auth.signIn", "email=a@b.co"),
    notJson("The body is not valid JSON: unexpected e at line 1, character 1. Correct it and send it again."),
  ],
  [
    "a malformed escape in the input",
    () => get("/trpc/system.health?input=%zz"),
    notJson("The query parameter input has a malformed percent-encoding. Encode it with encodeURIComponent."),
  ],
  [
    "a query whose input is not JSON",
    () => get("/trpc/system.health?input=x"),
    notJson(
      "The query parameter input is not valid JSON: unexpected x at line 1, character 1. Correct it and send it again.",
    ),
  ],
  [
    "the parameters of a connection",
    () => get("/trpc/system.health?connectionParams=x"),
    notJson(
      "The query parameter connectionParams is not a JSON object of texts. Remove it: the server does not use it.",
    ),
  ],
  ...(
    [
      ["[]", "The input must be an object, not a list."],
      ['"x"', "The input must be an object, not a text."],
      ["null", "The input must be an object, not null."],
      ["", "The input is missing. It must be an object."],
      ['{"email":"a@b.co"}', "The field password is missing. It must be a text."],
      ['{"email":"a@b.co","password":5}', "The field password must be a text, not a number."],
      [
        '{"email":"a@b.co","password":"x","name":1}',
        'The input has no field "name". Its fields are email, password.',
      ],
    ] as const
  ).map(([body, message]): Row => [
    `the input ${JSON.stringify(body)}`,
    () => postBytes("/trpc/auth.signIn", body),
    { reason: "input.invalid", message },
  ]),
];

const callerRows: Row[] = [
  [
    "no token",
    () => get("/trpc/auth.me"),
    noAccess(
      "This call needs a token, and the request has none. Sign in, then send the header authorization: Bearer <access token>.",
    ),
  ],
  ["another scheme", () => get("/trpc/auth.me", ["authorization: Basic YTpi"]), noAccess(SCHEME)],
  ["an empty authorization header", () => get("/trpc/auth.me", ["authorization:"]), noAccess(SCHEME)],
  ["Bearer alone", () => get("/trpc/auth.me", ["authorization: Bearer"]), noAccess(SCHEME)],
  ["a token without Bearer", () => get("/trpc/auth.me", ["authorization: pja_x"]), noAccess(SCHEME)],
  [
    "two authorization headers",
    () => get("/trpc/auth.me", ["authorization: Bearer pja_x", bearer]),
    noAccess("The request has more than one authorization header. Send one."),
  ],
  [
    "a wrong access token",
    () => get("/trpc/auth.me", ["authorization: Bearer pja_x"]),
    noAccess("The access token is invalid or expired, or its session has ended. Refresh it, or sign in."),
  ],
  [
    "a refresh token",
    () => get("/trpc/auth.me", ["authorization: Bearer pjr_x"]),
    noAccess(
      "This is a refresh token, and calls need the access token. Exchange it with auth.refresh, then send the access token.",
    ),
  ],
  [
    "the token of an invite",
    () => get("/trpc/auth.me", ["authorization: Bearer pji_x"]),
    noAccess(
      "This is the token of an invite, and calls need an access token. Pass it to invites.accept as the input.",
    ),
  ],
  [
    "a wrong service key",
    () => get("/trpc/tasks.list", ["authorization: Bearer pjk_x"]),
    noAccess(
      "The service key is wrong, expired or revoked, or its workspace is deleted. Ask an admin of the workspace for a new key.",
    ),
  ],
  [
    "a wrong refresh token",
    () => postBytes("/trpc/auth.refresh", '{"refreshToken":"pjr_x"}'),
    noAccess("The refresh token is invalid or expired, or its session has ended. Sign in."),
  ],
];

const workspaceRows: Row[] = [
  [
    "no workspace",
    () => get("/trpc/tasks.list", [bearer]),
    {
      reason: "workspace.required",
      message: "No workspace is selected. Send x-workspace-id, or call workspaces.switch.",
    },
  ],
  [
    "a name as the workspace",
    () => get("/trpc/tasks.list", [bearer, "x-workspace-id: acme"]),
    {
      reason: "workspace.not_found",
      message:
        "The header x-workspace-id must be the id of one workspace: a UUID. See workspaces.list for the ids.",
    },
  ],
  [
    "two workspaces",
    () => get("/trpc/tasks.list", [bearer, workspaceHeader, workspaceHeader]),
    {
      reason: "workspace.not_found",
      message:
        "The header x-workspace-id must be the id of one workspace: a UUID. See workspaces.list for the ids.",
    },
  ],
  [
    "an unknown workspace",
    () => get("/trpc/tasks.list", [bearer, "x-workspace-id: 0190a6f0-0000-7000-8000-00000000abcd"]),
    {
      reason: "workspace.not_found",
      message: "There is no such workspace, or you are not a member of it.",
    },
  ],
  [
    "a number that is too large",
    () => get(`/trpc/tasks.list?input=${input('{"limit":500}')}`, [bearer, workspaceHeader]),
    { reason: "input.invalid", message: "The field limit must be at most 100." },
  ],
  [
    "several invalid fields",
    () =>
      postBytes("/trpc/tasks.create", '{"projectId":null,"title":"","status":"open"}', [
        bearer,
        workspaceHeader,
      ]),
    {
      reason: "input.invalid",
      message: "The field projectId must be a text, not null. fieldErrors lists 2 more invalid fields.",
    },
  ],
];

async function expectRefusal(server: TestServer, request: ReturnType<Row[1]>, expected: Refusal) {
  const sent = typeof request === "string" || Buffer.isBuffer(request) ? { bytes: request } : request;
  const { status, headers, body, isClosed } = await exchangeRaw(server.url, sent);
  const parsed = JSON.parse(body) as { error: ErrorShape } | readonly { error: ErrorShape }[];
  const { error } = "error" in parsed ? parsed : (parsed[0] ?? { error: null });
  expect(error, body).toMatchObject({
    message: expected.message,
    data: { reason: expected.reason, httpStatus: httpStatusOf(expected.reason) },
  });
  expect(status).toBe(httpStatusOf(expected.reason));
  expect(error && problemOfMessage(error.message, error.data)).toBeNull();
  expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("x-request-id")).toBe(error?.data.requestId);
  expect(headers.get("allow")).toBe(expected.allow);
  expect(isClosed).toBe(expected.closes ?? false);
}

const rows = [
  ...connectionRows,
  ...lengthRows,
  ...batchRows,
  ...pathRows,
  ...inputRows,
  ...callerRows,
  ...workspaceRows,
];

describe("the server names the cause and the next step", () => {
  it.each(rows)("for %s", async (_, request, expected) => {
    expect.hasAssertions();
    await expectRefusal(fast, request(), expected);
    await expectRefusal(plain, request(), expected);
  });
});
