import { formatTokens, parseTokens } from "../session/stored-tokens.ts";
import type { Tokens, TokenStore } from "../session/token-store.ts";
import { sessionChanges, type SessionChange } from "./session-changes.ts";
import { siteTexts } from "./site-texts.ts";
import { tabLock } from "./tab-lock.ts";

/** The options of `browserTokenStore`. */
export interface BrowserTokenStoreOptions {
  /** Distinguishes several sessions of one site, such as those at two servers. Default: `default`. */
  readonly name?: string | undefined;
}

/** A store of tokens that all tabs of a site share. */
export interface BrowserTokenStore extends TokenStore {
  /**
   * Calls the listener after the user has signed in or out, in this tab or in another one. The returned function removes it.
   */
  onChange(listener: (change: SessionChange) => void): () => void;
}

/**
 * Creates a store that keeps the tokens of a session in IndexedDB. All tabs and workers of the site share the session and refresh it
 * once. Every script of the site can read the tokens, so read the guide about browsers first. On a server, the store is empty.
 * The methods reject with a {@link BrowserStoreError} if the browser does not store the tokens.
 *
 * @example
 * const tokens = browserTokenStore();
 * const client = createClient({ baseUrl, tokens });
 * tokens.onChange(({ isSignedIn }) => (isSignedIn ? location.reload() : location.assign("/sign-in")));
 *
 * @throws TypeError when the name is empty
 */
export function browserTokenStore({ name = "default" }: BrowserTokenStoreOptions = {}): BrowserTokenStore {
  if (typeof name !== "string" || name === "") throw new TypeError("name must be a text that is not empty.");
  const key = `projostack:session:${name}`;
  const texts = siteTexts();
  const read = async (): Promise<Tokens | undefined> => {
    const text = await texts.get(key);
    // The user and other scripts can change the text. Then the user signs in again.
    return text === undefined ? undefined : (parseTokens(text) ?? undefined);
  };
  const changes = sessionChanges(key, read);
  return Object.freeze({
    get: read,
    set: async (tokens: Tokens) => {
      await texts.set(key, formatTokens(tokens));
      changes.changed();
    },
    clear: async () => {
      await texts.remove(key);
      changes.changed();
    },
    lock: tabLock(key, texts),
    onChange: changes.subscribe,
  });
}
