// Batches that the server refuses, wrong paths and wrong methods.
import { postBytes, requestText } from "../raw-requests.ts";
import { get, type Refusal, type Row } from "./row.ts";

const many = (count: number, name: string) => Array.from({ length: count }, () => name).join(",");
const notJson = (message: string): Refusal => ({ reason: "input.malformed", message });
const notFound = (message: string): Refusal => ({ reason: "operation.not_found", message });

const LARGE_BATCH: Refusal = {
  reason: "batch.too_large",
  message:
    "A batch holds at most 10 calls, and this one has more. Send several smaller batches: in a tRPC client, set maxItems to 10 in the batch link.",
};

const MIXED_BATCH: Refusal = {
  reason: "batch.mixed",
  message:
    "A batch holds either queries or mutations, and this one has both. Send the queries with GET and the mutations with POST.",
};

const AT_SYSTEM_HEALTH = notFound("There is nothing at this path. Send the call to /trpc/system.health.");

const NO_PATH = notFound(
  "There is nothing at this path. Operations are at /trpc/<operation>, such as /trpc/system.health. Check the URL.",
);

export const batchRows: readonly Row[] = [
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

export const pathRows: readonly Row[] = [
  [
    "a WebSocket of wsLink",
    () => get("/trpc?connectionParams=1", ["connection: upgrade", "upgrade: websocket"]),
    notFound(
      "The server has no WebSockets. Send calls over HTTP: with a tRPC client, use httpBatchLink or httpLink in place of wsLink.",
    ),
  ],

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
