import { parseBaseUrl } from "./base-url.ts";
import { checkHeaderText } from "./header-text.ts";
import { runtimeFetch, type Fetch, type Signal } from "./platform.ts";
import { checkToken, memoryTokenStore, type TokenStore } from "./session/token-store.ts";

export interface ClientOptions {
  /** Where the server is, e.g. `http://127.0.0.1:4000`. May have a path, not a query. */
  baseUrl: string;
  /**
   * An access token to begin with, or a service key's token: sent as long as it works and never refreshed. Not together
   * with `tokens`.
   */
  token?: string | undefined;
  /** Where the session is kept. In memory when left out. */
  tokens?: TokenStore | undefined;
  /** The workspace that calls are about. See also `client.workspace(id)`. */
  workspaceId?: string | undefined;
  /** Used instead of the runtime's own. */
  fetch?: Fetch | undefined;
  /** The most a call may take, retries included. Default: 30,000. */
  timeoutMs?: number | undefined;
  /** How often a failed query is tried again. Mutations never are. Default: 2. */
  maxRetries?: number | undefined;
  /** Sent as `user-agent` where the runtime allows it. */
  userAgent?: string | undefined;
}

/** What one call may set for itself. */
export interface CallOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  signal?: Signal | undefined;
  timeoutMs?: number | undefined;
  maxRetries?: number | undefined;
  workspaceId?: string | undefined;
  /** Sent beside the SDK's own, which they cannot replace. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** The options of a client, checked and complete. */
export interface Connection {
  readonly baseUrl: string;
  readonly tokens: TokenStore;
  readonly workspaceId: string | undefined;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly userAgent: string | undefined;
}

/** @throws TypeError that names the option and what it must be */
export function checkOptions(options: ClientOptions): Connection {
  const { token, tokens, workspaceId, userAgent, timeoutMs = 30_000, maxRetries = 2 } = options;
  if (token !== undefined && tokens !== undefined) {
    throw new TypeError("Give either token or tokens: a store brings its own token.");
  }
  const own = token === undefined ? undefined : { accessToken: checkToken(token) };
  return {
    baseUrl: parseBaseUrl(options.baseUrl),
    tokens: tokens ?? memoryTokenStore(own),
    workspaceId: workspaceId === undefined ? undefined : checkWorkspaceId(workspaceId),
    fetch: options.fetch ?? runtimeFetch,
    timeoutMs: checkTimeout(timeoutMs),
    maxRetries: checkRetries(maxRetries),
    userAgent,
  };
}

/** Applies what one call sets for itself. @throws TypeError */
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
  // Longer ones overflow the timers of every runtime, which then fire at once.
  if (ms > 0 && ms <= 2_147_483_647) return ms;
  throw new TypeError("timeoutMs must be a number of milliseconds above 0 and at most 2147483647.");
}

function checkRetries(count: number): number {
  if (Number.isInteger(count) && count >= 0) return count;
  throw new TypeError("maxRetries must be a whole number, 0 or more.");
}
