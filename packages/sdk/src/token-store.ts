import { checkHeaderText } from "./header-text.ts";

export interface Tokens {
  readonly accessToken: string;
}

/** Where a client keeps its session. Clients that share a store share the session. */
export interface TokenStore {
  get(): Tokens | undefined | Promise<Tokens | undefined>;
  set(tokens: Tokens): void | Promise<void>;
  clear(): void | Promise<void>;
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
