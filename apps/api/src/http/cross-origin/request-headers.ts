// Every request header that the server reads. A test compares the list with the source code and with the description of the API.

/**
 * The party that sets a header. A script may set a header of a `page` only if the answer to the preflight
 * allows its name. A header of the `browser` is set by the browser, or needs no permission. A header of a
 * `proxy` must not come from a page.
 */
type Setter = "page" | "browser" | "proxy";

const requestHeaders = {
  accept: "browser",
  "accept-encoding": "browser",
  "access-control-request-method": "browser",
  authorization: "page",
  "content-encoding": "page",
  "content-length": "browser",
  "content-type": "page",
  cookie: "browser",
  host: "browser",
  "idempotency-key": "page",
  "if-none-match": "page",
  origin: "browser",
  "sec-fetch-mode": "browser",
  "sec-fetch-site": "browser",
  traceparent: "page",
  "transfer-encoding": "browser",
  "trpc-accept": "page",
  upgrade: "browser",
  "user-agent": "page",
  "x-forwarded-for": "proxy",
  "x-request-id": "page",
  "x-session": "page",
  "x-workspace-id": "page",
} as const satisfies Readonly<Record<string, Setter>>;

/** The names of all request headers that the server reads. */
export const readHeaders: readonly string[] = Object.keys(requestHeaders);

/** The request headers that a script may set. */
export const pageHeaders: readonly string[] = Object.entries(requestHeaders)
  .filter(([, setter]) => setter === "page")
  .map(([name]) => name);
