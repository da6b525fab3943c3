import { parseBaseUrl, type UrlLike } from "./base-url.ts";
import { hooksOf, type Hooks } from "./call/hooks.ts";
import { createPlaceQueue, type PlaceQueue } from "./call/place-queue.ts";
import type { Traceparent } from "./call/traceparent.ts";
import { checkHeaderText } from "./header-text.ts";
import type { DefaultHeaders, HeadersLike } from "./headers.ts";
import { unknownOption } from "./option-names.ts";
import { platform, type Fetch, type Signal } from "./platform.ts";
import { checkCredential, tokenFunctionStore } from "./session/credential.ts";
import { memoryTokenStore, type TokenStore } from "./session/token-store.ts";
import { defaultFetch, userAgent } from "./server-part.ts";

/** The options of every client. */
export interface CommonOptions extends Hooks {
  /**
   * The URL of the server, such as `http://127.0.0.1:4000`. It may have a path, but no query or fragment. In a browser, it
   * may be relative to the origin of the page: `/api`, or `""` for the origin itself.
   */
  baseUrl: string | UrlLike;
  /** The id of the workspace for all calls. See also `client.workspace(id)`. */
  workspaceId?: string | undefined;
  /**
   * Headers for all requests, or a function that returns them, which the client calls for each request. They cannot replace
   * the headers that the SDK sets.
   */
  headers?: DefaultHeaders | undefined;
  /**
   * A replacement for the runtime's `fetch`. The default honours HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY on Node.js.
   */
  fetch?: Fetch | undefined;
  /** The maximum duration of a call in milliseconds, including retries. Default: 30,000. */
  timeoutMs?: number | undefined;
  /**
   * The maximum number of retries of a call after a temporary failure. A retry of a mutation has no second effect, because all
   * its requests have the same idempotency key. Default: 2.
   */
  maxRetries?: number | undefined;
  /** The maximum number of requests at the same time. Further calls wait in their order. Default: 100. */
  maxConcurrency?: number | undefined;
  /** The trace context (W3C) of all calls, or a function that returns that of the current call. */
  traceparent?: Traceparent | undefined;
  /** The end of the `user-agent` header, after the SDK and the runtime: `billing/2.1`. Some browsers ignore it. */
  userAgent?: string | undefined;
}

/** The options of `createClient`. */
export interface ClientOptions extends CommonOptions {
  /**
   * An access token or the token of a service key, or a function that returns one. It is never refreshed: the client calls
   * the function for each call, and once more when the server rejects the token. Do not set both `token` and `tokens`.
   */
  token?: string | (() => string | Promise<string>) | undefined;
  /** The store of the session's tokens. Default: {@link memoryTokenStore}. */
  tokens?: TokenStore | undefined;
}

/**
 * The options of a client whose session is in a cookie of the browser. The server sets the cookie when the user signs in, and
 * replaces it. Programs of the page cannot read it, and the client has no tokens.
 */
export interface CookieClientOptions extends CommonOptions {
  /** Sends the session cookie of the browser with each call. On a server, use `createServerClient` of `/server`. */
  session: "cookie";
}

/** The options of a single call. They override those of the client. */
export interface CallOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  signal?: Signal | undefined;
  /** The maximum duration of this call in milliseconds, including retries. Default: the client's. */
  timeoutMs?: number | undefined;
  /** The maximum number of retries of this call. Default: the client's. */
  maxRetries?: number | undefined;
  /** The id of the workspace for this call. Default: the client's. */
  workspaceId?: string | undefined;
  /**
   * The idempotency key of a mutation, 1 to 255 visible ASCII characters. Calls with the same key and the same input have one
   * effect within 24 hours. Default: a random key for each call.
   */
  idempotencyKey?: string | undefined;
  /** The trace context (W3C) of this call, or a function that returns it. Default: the client's. */
  traceparent?: Traceparent | undefined;
  /** Additional headers. They replace the client's headers of the same name, but not the headers that the SDK sets. */
  headers?: HeadersLike | undefined;
}

/**
 * The second argument of a method: {@link CallOptions}. A method ignores what a library passes in their place, such as the
 * index of `items.map(client.tasks.create)` or the context of a mutation of TanStack Query.
 */
export type MethodOptions = number | (object & CallOptions);

declare const none: unique symbol;

/** The input of an operation without fields: `{}`, or nothing. */
export type NoInput = object & { readonly [none]?: never };

/** Validated client options, with all defaults. */
export interface Connection {
  readonly baseUrl: string;
  readonly tokens: TokenStore;
  /** Set when the session is in a cookie of the browser. The token store is empty then. */
  readonly session: "cookie" | undefined;
  readonly workspaceId: string | undefined;
  /** The default headers. A call validates them. */
  readonly headers: DefaultHeaders | undefined;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly userAgent: () => Promise<string | undefined>;
  readonly traceparent: Traceparent | undefined;
  readonly places: PlaceQueue;
  /** Undefined when the options contain no hook. */
  readonly hooks: Hooks | undefined;
}

// The compiler requires each name here.
const clientOptionNames = Object.keys({
  baseUrl: 1,
  token: 1,
  tokens: 1,
  session: 1,
  workspaceId: 1,
  headers: 1,
  fetch: 1,
  timeoutMs: 1,
  maxRetries: 1,
  maxConcurrency: 1,
  traceparent: 1,
  userAgent: 1,
  onRequest: 1,
  onResponse: 1,
  onRetry: 1,
  debug: 1,
} satisfies Record<keyof (ClientOptions & CookieClientOptions), 1>);

export const callOptionNames = Object.keys({
  signal: 1,
  timeoutMs: 1,
  maxRetries: 1,
  workspaceId: 1,
  headers: 1,
  idempotencyKey: 1,
  traceparent: 1,
} satisfies Record<keyof CallOptions, 1>);

/** Returns true if the object has only options of a call, and its signal is one. */
export function isCallOptions(options: object): boolean {
  return Object.keys(options).every((name) => callOptionNames.includes(name)) && isSignal(options);
}

export function isSignal({ signal }: { signal?: unknown }): boolean {
  return (
    signal === undefined || (typeof signal === "object" && signal !== null && "addEventListener" in signal)
  );
}

/** Validates the options and adds the defaults. @throws TypeError that names an invalid option and its valid values */
export function checkOptions(
  options: ClientOptions & { readonly session?: "cookie" | undefined },
): Connection {
  const unknown = Object.keys(options).find((name) => !clientOptionNames.includes(name));
  if (unknown !== undefined) throw new TypeError(unknownOption(unknown, clientOptionNames));
  const { token, tokens, session, userAgent: suffix } = options;
  if (token !== undefined && tokens !== undefined) {
    throw new TypeError("Set either token or tokens, not both.");
  }
  if (session !== undefined) {
    if ((session as unknown) !== "cookie" || (token ?? tokens) !== undefined) {
      throw new TypeError('session must be "cookie", without token and tokens.');
    }
    if (options.fetch === undefined && platform().location === undefined) {
      throw new TypeError(
        'session: "cookie" needs a browser. On a server, use createServerClient of the subpath /server.',
      );
    }
  }
  if (options.fetch !== undefined && typeof options.fetch !== "function") {
    throw new TypeError("fetch must be a function.");
  }
  if (suffix !== undefined && !(typeof suffix === "string" && /^[\x20-\x7e]+$/.test(suffix))) {
    throw new TypeError("userAgent must be printable ASCII.");
  }
  const methods = ["get", "set", "clear"] as const;
  if (tokens !== undefined && !methods.every((method) => typeof tokens?.[method] === "function")) {
    throw new TypeError("tokens must be an object with the methods get, set and clear.");
  }
  const defaults = {
    baseUrl: parseBaseUrl(options.baseUrl),
    tokens:
      tokens ??
      (typeof token === "function"
        ? tokenFunctionStore(token)
        : memoryTokenStore(token === undefined ? undefined : { accessToken: checkCredential(token) })),
    session,
    workspaceId: undefined,
    headers: options.headers,
    fetch: options.fetch ?? defaultFetch,
    timeoutMs: 30_000,
    maxRetries: 2,
    userAgent: () => userAgent(suffix),
    traceparent: options.traceparent,
    places: createPlaceQueue(checkConcurrency(options.maxConcurrency ?? 100)),
    hooks: hooksOf(options),
  };
  return withCallOptions(defaults, options);
}

/** Overrides the client's options with those of one call. @throws TypeError that names an invalid option */
export function withCallOptions(
  connection: Connection,
  options: Pick<CallOptions, "timeoutMs" | "maxRetries" | "workspaceId">,
): Connection {
  const { timeoutMs, maxRetries, workspaceId } = options;
  return {
    ...connection,
    ...(timeoutMs === undefined ? {} : { timeoutMs: checkTimeout(timeoutMs) }),
    ...(maxRetries === undefined ? {} : { maxRetries: checkRetries(maxRetries) }),
    ...(workspaceId === undefined ? {} : { workspaceId: checkWorkspaceId(workspaceId) }),
  };
}

export function checkWorkspaceId(id: string): string {
  return checkHeaderText(id, "The workspace id");
}

function checkTimeout(ms: number): number {
  // A longer delay overflows the timers of all runtimes, which then fire immediately.
  if (typeof ms === "number" && ms > 0 && ms <= 2_147_483_647) return ms;
  throw new TypeError("timeoutMs must be a number of milliseconds above 0 and at most 2147483647.");
}

function checkRetries(count: number): number {
  if (Number.isInteger(count) && count >= 0) return count;
  throw new TypeError("maxRetries must be a whole number, 0 or more.");
}

function checkConcurrency(count: number): number {
  if (count === Infinity || (Number.isInteger(count) && count > 0)) return count;
  throw new TypeError("maxConcurrency must be a whole number above 0, or Infinity.");
}
