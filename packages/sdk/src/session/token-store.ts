import { checkHeaderText } from "../header-text.ts";

/** What a session is carried on with. */
export interface Tokens {
  readonly accessToken: string;
  /** A date and time in ISO 8601, by the server's clock. */
  readonly accessTokenExpiresAt?: string | undefined;
  /** Gives the next tokens. Without it the session cannot be carried on once its access token has expired. */
  readonly refreshToken?: string | undefined;
  /** Which session they are of, so that one session's call is never sent again with another's tokens. */
  readonly sessionId?: string | undefined;
}

/**
 * Where a client keeps its session. Clients that share a store share the session. All of what `set` is given must
 * come back from `get`: the tokens are replaced every ten minutes or so, and old ones are of no use.
 */
export interface TokenStore {
  get(): Tokens | undefined | Promise<Tokens | undefined>;
  set(tokens: Tokens): void | Promise<void>;
  clear(): void | Promise<void>;

  /**
   * For a store that several processes share: runs the work while no other of them runs any. The client changes the
   * store only inside it, and calls `get`, `set` and `clear` there, so these must not wait for the same lock.
   */
  lock?<T>(work: () => Promise<T>): Promise<T>;
}

/** Keeps the tokens in memory, out of sight of loggers and inspectors. The default. */
export function memoryTokenStore(tokens?: Tokens): TokenStore {
  let kept = tokens;
  return Object.freeze({
    get: () => kept,
    set: (changed: Tokens) => {
      kept = changed;
    },
    clear: () => {
      kept = undefined;
    },
  });
}

/** @throws TypeError, without the token in it, when it could not be sent as a header */
export function checkToken(token: string): string {
  return checkHeaderText(token, "The token");
}

/** The tokens in the answer of a call that gives some; undefined when it is none. */
export function tokensIn(answer: unknown): Tokens | undefined {
  if (!isRecord(answer) || typeof answer["accessToken"] !== "string") return undefined;
  const { session, accessToken, accessTokenExpiresAt, refreshToken } = answer;
  return {
    accessToken: checkToken(accessToken),
    ...(typeof accessTokenExpiresAt === "string" && { accessTokenExpiresAt }),
    ...(typeof refreshToken === "string" && { refreshToken }),
    ...(isRecord(session) && typeof session["id"] === "string" && { sessionId: session["id"] }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
