import { checkHeaderText } from "../header-text.ts";

/** The tokens of a session. */
export interface Tokens {
  /** The bearer token of calls. */
  readonly accessToken: string;
  /** The expiry by the server's clock, as an ISO 8601 date and time. */
  readonly accessTokenExpiresAt?: string | undefined;
  /** Exchanged for new tokens when the access token has expired. Without it, the session ends then. */
  readonly refreshToken?: string | undefined;
  /** The id of the session. It prevents a call of one session from being repeated with the tokens of another. */
  readonly sessionId?: string | undefined;
}

/**
 * Stores the tokens of a session. Clients that share a store share the session. `get` must return everything that was
 * passed to `set`. The tokens are replaced about every ten minutes, and the old ones stop working.
 */
export interface TokenStore {
  /** Returns the stored tokens, or undefined when there is no session. */
  get(): Tokens | undefined | Promise<Tokens | undefined>;
  /** Stores the tokens in place of the previous ones. */
  set(tokens: Tokens): void | Promise<void>;
  /** Removes the tokens. */
  clear(): void | Promise<void>;

  /**
   * Runs the work while no other process runs its own. Implement it for a store that several processes share. The client
   * changes the store only inside `lock`, and calls `get`, `set` and `clear` there, so they must not acquire the lock.
   */
  lock?<T>(work: () => Promise<T>): Promise<T>;
}

/** Creates a store that keeps the tokens in memory, invisible to loggers and inspectors. The default store of a client. */
export function memoryTokenStore(tokens?: Tokens): TokenStore {
  let current = tokens;
  return {
    get: () => current,
    set: (changed: Tokens) => {
      current = changed;
    },
    clear: () => {
      current = undefined;
    },
  };
}

/** Returns the token if it is valid in a header. @throws TypeError whose message does not contain the token */
export function checkToken(token: string): string {
  return checkHeaderText(token, "The token");
}

/** Extracts the tokens from the result of a sign-in or refresh; undefined when it contains none. */
export function tokensFrom(result: unknown): Tokens | undefined {
  const { accessToken, accessTokenExpiresAt, refreshToken, session } = (result ?? {}) as SignedIn;
  if (typeof accessToken !== "string") return undefined;
  return { accessToken: checkToken(accessToken), accessTokenExpiresAt, refreshToken, sessionId: session?.id };
}

interface SignedIn extends Partial<Tokens> {
  readonly session?: { readonly id: string };
}
