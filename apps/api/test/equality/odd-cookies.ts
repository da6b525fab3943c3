// Requests in cookie mode: other credentials beside the cookie, origins, malformed and repeated cookies, batches and streams.
import type { Sent } from "./exchange.ts";
import { headersOf, requestOf } from "./requests.ts";

export interface CookieTokens {
  readonly token: string | undefined;
  /** The cookie is a day old, so an answer replaces it. */
  readonly due: string | undefined;
  /** The cookie of another user. */
  readonly other: string | undefined;
  readonly workspaceId: string;
}

type Headers = Readonly<Record<string, string>>;

export function oddCookies({
  token = "",
  due,
  other = "",
  workspaceId,
}: CookieTokens): (readonly [says: string, sent: Sent])[] {
  const as = headersOf({ token, workspaceId });
  const { "x-session": mode, ...withoutMode } = as;
  const name = "__Host-projo_session";
  const requests = [
    withoutMode,
    { ...withoutMode, cookie: "", "x-session": mode ?? "" },
    ...["bearer", "Cookie", " cookie ", "cookie, cookie", ""].map((value) => ({ ...as, "x-session": value })),
    { ...as, authorization: `Bearer ${token}` },
    { ...as, authorization: "" },
    { "x-workspace-id": workspaceId, authorization: `Bearer ${token}` },
    ...[`${name}=`, `${name}=pjs_x`, `${name}="${token}"`, `a=b;${name}=${token};c`].map((cookie) => ({
      ...as,
      cookie,
    })),
    ...[`${name}=${token}; ${name}=${other}`, `${name}=${token}; ${name}=${token}`].map((cookie) => ({
      ...as,
      cookie,
    })),
    { ...as, origin: "https://projo.example.com" },
    { ...as, origin: "https://elsewhere.example.com" },
    { ...as, origin: "null" },
    ...["same-origin", "same-site", "cross-site", "none", "nonsense"].map((site) => ({
      ...as,
      "sec-fetch-site": site,
    })),
    { ...as, origin: "https://projo.example.com", "sec-fetch-site": "same-site" },
    headersOf({ token: due, workspaceId }),
  ];
  return requests.flatMap((headers) => calls.map((call) => of(call, headers)));
}

const calls: readonly Sent[] = [
  requestOf("query", "tasks.list", {}),
  requestOf("query", "auth.me", undefined),
  requestOf("query", ["tasks.list", "auth.me"], { 0: {} }),
  streamed(requestOf("query", ["auth.me", "tasks.list"], { 1: {} })),
  requestOf("mutation", "projects.create", { name: "Notes" }),
  requestOf("mutation", "auth.refresh", { refreshToken: "pjr_x" }),
];

function streamed(sent: Sent): Sent {
  return { ...sent, headers: { ...sent.headers, accept: "application/jsonl" } };
}

const of = (call: Sent, headers: Headers): readonly [says: string, sent: Sent] => [
  `${call.method} ${call.path.slice(0, 60)} with ${JSON.stringify(headers).slice(0, 200)}`,
  { ...call, headers: { ...call.headers, ...headers } },
];
