import { parseBaseUrl } from "./base-url.ts";
import { checkHeaderText } from "./header-text.ts";
import { defaultFetch } from "./node/default-fetch.ts";
import type { Fetch, Signal } from "./platform.ts";
import { checkToken, memoryTokenStore, type TokenStore } from "./session/token-store.ts";

/** The options of `createClient`. */
export interface ClientOptions {
  /** The URL of the server, such as `http://127.0.0.1:4000`. It may have a path, but no query or fragment. */
  baseUrl: string;
  /** An access token or the token of a service key. It is never refreshed. Do not set both `token` and `tokens`. */
  token?: string | undefined;
  /** The store of the session's tokens. Default: {@link memoryTokenStore}. */
  tokens?: TokenStore | undefined;
  /** The id of the workspace for all calls. See also `client.workspace(id)`. */
  workspaceId?: string | undefined;
  /**
   * A replacement for the runtime's `fetch`. The default honours HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY on Node.js.
   */
  fetch?: Fetch | undefined;
  /** The maximum duration of a call in milliseconds, including retries. Default: 30,000. */
  timeoutMs?: number | undefined;
  /** The maximum number of retries of a failed query. Mutations are not retried. Default: 2. */
  maxRetries?: number | undefined;
  /** The `user-agent` header. Some runtimes, such as browsers, ignore it. */
  userAgent?: string | undefined;
}

/** The options of a single call. They override those of the client. */
export interface CallOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  signal?: Signal | undefined;
  /** The maximum duration of this call in milliseconds, including retries. Default: the client's. */
  timeoutMs?: number | undefined;
  /** The maximum number of retries, if this call is a query. Default: the client's. */
  maxRetries?: number | undefined;
  /** The id of the workspace for this call. Default: the client's. */
  workspaceId?: string | undefined;
  /** Additional headers. They cannot replace the headers that the SDK sets. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** Validated client options, with all defaults. */
export interface Connection {
  readonly baseUrl: string;
  readonly tokens: TokenStore;
  readonly workspaceId: string | undefined;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly userAgent: string | undefined;
}

/** Validates the options and adds the defaults. @throws TypeError that names an invalid option and its valid values */
export function checkOptions(options: ClientOptions): Connection {
  const { token, tokens, workspaceId, userAgent, timeoutMs = 30_000, maxRetries = 2 } = options;
  if (token !== undefined && tokens !== undefined) {
    throw new TypeError("The options contain both token and tokens. Set either token or tokens, not both.");
  }
  const own = token === undefined ? undefined : { accessToken: checkToken(token) };
  return {
    baseUrl: parseBaseUrl(options.baseUrl),
    tokens: tokens ?? memoryTokenStore(own),
    workspaceId: workspaceId === undefined ? undefined : checkWorkspaceId(workspaceId),
    fetch: options.fetch ?? defaultFetch,
    timeoutMs: checkTimeout(timeoutMs),
    maxRetries: checkRetries(maxRetries),
    userAgent,
  };
}

/** Overrides the client's options with those of one call. @throws TypeError that names an invalid option */
export function withCallOptions(connection: Connection, options: CallOptions): Connection {
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
  if (ms > 0 && ms <= 2_147_483_647) return ms;
  throw new TypeError("timeoutMs must be a number of milliseconds above 0 and at most 2147483647.");
}

function checkRetries(count: number): number {
  if (Number.isInteger(count) && count >= 0) return count;
  throw new TypeError("maxRetries must be a whole number, 0 or more.");
}
