// The origins of the tests, and what an answer says to a browser.
import type { TestServer } from "../kit/index.ts";
import { exchange, type Heard, type Sent } from "../equality/exchange.ts";

export const APP = "https://app.example.com";
export const DEVELOPMENT = "http://localhost:5173";
export const FOREIGN = "https://evil.example";

export const allowing = { PROJO_ALLOWED_ORIGINS: `${APP},${DEVELOPMENT}` } as const;

/** Origins that resemble an allowed one. */
export const foreignOrigins: readonly string[] = [
  FOREIGN,
  "http://app.example.com",
  "https://app.example.com.evil.example",
  "https://evil-app.example.com",
  "https://app.example.com:8443",
  "https://app.example.com:443",
  "https://app.example.com/",
  "HTTPS://APP.EXAMPLE.COM",
  "https://sub.app.example.com",
  "https://example.com",
  "http://localhost:5174",
  "http://localhost",
  "http://127.0.0.1:5173",
  "null",
  "*",
  "",
  `${APP}, ${APP}`,
  `${APP},${DEVELOPMENT}`,
  `${FOREIGN}, ${APP}`,
  "file://",
];

type Headers = Heard["headers"];

/** The values of a header, of which an answer should have one at most. */
export const valuesOf = (headers: Headers, name: string): readonly string[] =>
  headers.filter(([one]) => one === name).map(([, value]) => value);

/** The headers of an answer that tell a browser what a page may do. */
export const permissionIn = (headers: Headers): Readonly<Record<string, string>> =>
  Object.fromEntries(headers.filter(([name]) => name.startsWith("access-control-")));

/** The names in Vary. */
export const varyIn = (headers: Headers): readonly string[] =>
  valuesOf(headers, "vary").flatMap((value) => value.split(", "));

/** The permission of an answer to a request of an allowed origin. */
export const permissionFor = (origin: string): Readonly<Record<string, string>> => ({
  "access-control-allow-origin": origin,
  "access-control-allow-credentials": "true",
  "access-control-expose-headers":
    "allow, etag, idempotency-replayed, ratelimit, ratelimit-policy, retry-after, x-request-id, x-should-retry",
});

/** Sends a request, with this origin if there is one. */
export const askFrom = (
  { url }: Pick<TestServer, "url">,
  origin: string | undefined,
  { headers, ...sent }: Sent,
): Promise<Heard> =>
  exchange(url, { ...sent, headers: { ...headers, ...(origin === undefined ? {} : { origin }) } });
