// Unusual requests, and some that are barely valid: their URL, method, headers and bodies, as single calls and in batches.
import type { CallerSet } from "./caller-set.ts";
import type { Sent } from "./exchange.ts";
import { oddBatches, type OddIds } from "./odd-batches.ts";
import { oddCookies } from "./odd-cookies.ts";
import { headersOf, requestOf } from "./requests.ts";

export type Odd = readonly [says: string, sent: Sent];

export async function oddRequests(
  { callers, homeId, member }: CallerSet,
  ids: OddIds,
): Promise<readonly Odd[]> {
  const token = await callers["admin"]?.();
  const as = headersOf({ token, workspaceId: homeId });
  return [
    ...addresses(as),
    ...methods(as),
    ...contentTypes(as),
    ...bodies(as),
    ...queryTexts(as),
    ...oddBatches(as, ids),
    [
      "a batch of which a member may do a half",
      requestOf("query", ["audit.list", "tasks.list"], {}, { token: member.token, workspaceId: homeId }),
    ],
    ...callersHeaders({ as, token, homeId, memberToken: member.token }),
    ...oddCookies({
      token: await callers["admin, by cookie"]?.(),
      due: await callers["admin, by a cookie that is replaced"]?.(),
      other: await callers["stranger, by cookie"]?.(),
      workspaceId: homeId,
    }),
  ];
}

type Headers = Readonly<Record<string, string>>;

const get = (headers: Headers, path: string): Sent => ({ method: "GET", path, headers });
const post = (headers: Headers, path: string, body?: string | Uint8Array): Sent => ({
  method: "POST",
  path,
  headers: { "content-type": "application/json", ...headers },
  body,
});

const addresses = (as: Headers): Odd[] =>
  [
    "/trpc/system.health",
    "/trpc/system.health?",
    "/trpc/system.health?input=",
    "/trpc/system.health?input={}",
    "/trpc/system.health?input={}&",
    "/trpc/system.health?&input={}",
    "/trpc/system.health?input={}&input={}",
    "/trpc/system.health?input={}&input=nonsense",
    "/trpc/system.health?input={}&other=1",
    "/trpc/system.health?other=1",
    "/trpc/system.health?INPUT={}",
    "/trpc/system.health?inpu%74=%7B%7D",
    "/trpc/system.health?input=%7B%7D&batch=0",
    "/trpc/system.health?input=%7B%7D&batch=1&batch=1",
    "/trpc/system.health?batch=1",
    "/trpc/system.health?batch=%31&input=%7B%7D",
    "/trpc/system.health?batch=1&input=",
    "/trpc/system.health?input=%7B%7D#here",
    '/trpc/system.health?input="a#b"',
    '/trpc/system.health#?input="a"',
    "/trpc/system.health?input=%7B%7D%23",
    "/trpc/system.health?input=%",
    "/trpc/system.health?input=%ff",
    "/trpc/system.health?input=%22%ed%a0%80%22",
    "/trpc/system.health?input=%22%00%22",
    "/trpc/system.health?input=+{}+",
    "/trpc/system.health?input=%2B{}",
    '/trpc/projects.list?input={"search":"a+b"}',
    '/trpc/projects.list?input={"search":"a%2Bb"}',
    '/trpc/projects.list?input={"search":"a%20b"}',
    "/trpc/projects.list?input={}&connectionParams={}",
    "/trpc/projects.list?input={}&lastEventId=1",
    "/trpc/projects.list",
    "/trpc/projects.list/",
    "/trpc/projects%2Elist?input={}",
    "/trpc/projects%2Flist?input={}",
    "/trpc/projects/list?input={}",
    "/trpc/%70rojects.list?input={}",
    "/trpc/%2570rojects.list?input={}",
    "/trpc/projects.list%00?input={}",
    "/trpc/projects.list%ff?input={}",
    "/trpc/projects.list;x?input={}",
    "/trpc/projects.list,?batch=1&input={}",
    "/trpc/,?batch=1&input={}",
    "/trpc/projects.list%2Csystem.health?batch=1&input={}",
    "/trpc/projects.list,system.health?input={}",
    "/trpc/__proto__",
    "/trpc/constructor",
    "/trpc/toString?input={}",
    "/trpc/projects",
    "/trpc/",
    "/trpc",
    "/TRPC/system.health",
    "//trpc/system.health",
    "http://localhost/trpc/system.health?input={}",
    `/trpc/${"x".repeat(1_900)}`,
    `/trpc/${"x".repeat(2_100)}`,
    `/trpc/projects.list?input={"search":"${"x".repeat(6_000)}"}`,
  ].map((path) => [path.slice(0, 80), get(as, path)]);

const methods = (as: Headers): Odd[] => [
  ...["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"].flatMap((method): Odd[] => [
    [`${method} of a query`, { method, path: "/trpc/projects.list?input={}", headers: as }],
    [`${method} of a mutation`, { method, path: "/trpc/projects.create", headers: as }],
    [`${method} of a batch`, { method, path: "/trpc/projects.list,system.health?batch=1", headers: as }],
  ]),
  ["POST of a query", post(as, "/trpc/projects.list", "{}")],
  ["POST of a query in a batch", post(as, "/trpc/projects.list?batch=1", '{"0":{}}')],
  ["GET of a mutation", get(as, '/trpc/projects.create?input={"name":"Notes"}')],
  ["GET of both kinds", get(as, "/trpc/projects.list,projects.create?batch=1&input={}")],
  ["POST of both kinds", post(as, "/trpc/projects.create,projects.list?batch=1", "{}")],
  ["POST whose input is in the address", post(as, '/trpc/projects.create?input={"name":"Notes"}', "{}")],
  ["POST with both", post(as, '/trpc/projects.create?input={"name":"1"}', '{"name":"2"}')],
];

const contentTypes = (as: Headers): Odd[] => [
  ...[
    "application/json",
    "Application/JSON; charset=utf-8",
    "application/json; charset=utf-16",
    "application/json;",
    "application/json ",
    "application/jsonl",
    "application/ld+json",
    "text/plain",
    "text/json",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "*/*",
    "nonsense",
    "",
  ].flatMap((type): Odd[] => {
    const headers = { ...as, "content-type": type };
    return [
      [`GET as ${type}`, get(headers, "/trpc/projects.list?input={}")],
      [`POST as ${type}`, post(headers, "/trpc/projects.create", '{"name":"Notes"}')],
      [`POST of nothing as ${type}`, post(headers, "/trpc/email.resendVerification")],
    ];
  }),
  ["POST without a type", { method: "POST", path: "/trpc/auth.signOut", headers: as, body: "{}" }],
  ["POST of nothing without a type", { method: "POST", path: "/trpc/auth.signOut", headers: {} }],
  [
    "POST of no bytes without a type",
    { method: "POST", path: "/trpc/auth.signOut", headers: { "content-length": "0" } },
  ],
  [
    "a GET with a body",
    {
      method: "GET",
      path: "/trpc/projects.list?input={}",
      headers: { ...as, "content-length": "2" },
      body: "{}",
    },
  ],
];

const DEEP = '{"a":'.repeat(40) + "1" + "}".repeat(40);
const texts: readonly string[] = [
  "",
  " ",
  "null",
  "true",
  "0",
  '""',
  '"text"',
  "[]",
  "[1]",
  "{}",
  "{} ",
  "{}{}",
  "{",
  "}",
  "nonsense",
  "NaN",
  "{'name':'x'}",
  '{"name":"Notes",}',
  "\ufeff{}",
  '{"name":null}',
  '{"name":"Notes","name":"Sketches"}',
  '{"name":"  Notes  "}',
  '{"name":"a\\u0000b"}',
  '{"name":"\\ud800"}',
  '{"\\ud800":1}',
  '{"name":"Notes","__proto__":{"id":1}}',
  '{"__proto__":{"name":"Notes"}}',
  '{"name":"Notes","constructor":{"prototype":{}}}',
  '{"name":"Notes","toJSON":1}',
  '{"name":"Notes","then":{}}',
  '{"name":1e999}',
  `{"name":"Notes","more":${DEEP}}`,
  "[".repeat(5_000) + "]".repeat(5_000),
];

const bodies = (as: Headers): Odd[] => [
  ...texts.flatMap((text): Odd[] => [
    [`the body ${text.slice(0, 40)}`, post(as, "/trpc/projects.create", text)],
    [`the batch's body ${text.slice(0, 40)}`, post(as, "/trpc/projects.create?batch=1", text)],
  ]),
  ["a body that is no UTF-8", post(as, "/trpc/projects.create", Uint8Array.from([0x22, 0xff, 0x22]))],
  ["a body of 101 KB", post(as, "/trpc/projects.create", " ".repeat(103_424))],
  [
    "a body that says it is compressed",
    post({ ...as, "content-encoding": "gzip" }, "/trpc/projects.create", "{}"),
  ],
];

const queryTexts = (as: Headers): Odd[] =>
  texts
    .filter((text) => text.length < 1_000)
    .flatMap((text): Odd[] => {
      const input = encodeURIComponent(text);
      return [
        [`the input ${text.slice(0, 40)}`, get(as, `/trpc/projects.list?input=${input}`)],
        [`the hot read's input ${text.slice(0, 40)}`, get(as, `/trpc/tasks.list?input=${input}`)],
        [`the batch's input ${text.slice(0, 40)}`, get(as, `/trpc/tasks.get?batch=1&input=${input}`)],
      ];
    });

interface Callers {
  readonly as: Headers;
  readonly token: string | undefined;
  readonly homeId: string;
  readonly memberToken: string;
}

const callersHeaders = ({ as, token = "", homeId, memberToken }: Callers): Odd[] =>
  [
    { ...as, authorization: "" },
    { ...as, authorization: "Bearer" },
    { ...as, authorization: `bearer ${token}` },
    { ...as, authorization: `BEARER   ${token}  ` },
    { ...as, authorization: `Bearer ${token}, Bearer ${memberToken}` },
    { ...as, authorization: `Basic ${token}` },
    { ...as, authorization: `Bearer ${"x".repeat(600)}` },
    { ...as, authorization: `Bearer ${token}=` },
    { ...as, "x-workspace-id": "" },
    { ...as, "x-workspace-id": `${homeId}, ${homeId}` },
    { ...as, "x-workspace-id": "null" },
    { ...as, "x-request-id": "" },
    { ...as, "x-request-id": "x".repeat(500) },
    { ...as, accept: "application/jsonl" },
    { ...as, accept: "text/html" },
    { ...as, "trpc-accept": "application/jsonl" },
    { ...as, "trpc-batch-mode": "stream" },
    { ...as, "last-event-id": "1" },
    { ...as, "x-http-method-override": "POST" },
    { ...as, "accept-encoding": "gzip" },
    { ...as, origin: "https://elsewhere.example.com" },
  ].flatMap((headers): Odd[] => [
    [`GET with ${JSON.stringify(headers).slice(0, 200)}`, get(headers, "/trpc/tasks.list?input={}")],
    [
      `a batch with ${JSON.stringify(headers).slice(0, 200)}`,
      get(headers, '/trpc/tasks.list,tasks.list?batch=1&input={"0":{}}'),
    ],
  ]);
