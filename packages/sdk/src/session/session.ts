// Manages the session of a token store, which several clients may share. Changes are serialized within the process, and
// between processes by the store's lock, if it has one.
import { isProjoError } from "../errors.ts";
import type { Tokens, TokenStore } from "./token-store.ts";

/** Exchanges a refresh token for new tokens. @throws ProjoError */
export type Refresh = (refreshToken: string) => Promise<Tokens>;

export interface Session {
  /** Reads the tokens from the store. */
  tokens(): Promise<Tokens | undefined>;
  /** Stores the tokens of a sign-in. */
  store(tokens: Tokens): Promise<void>;
  /** Stores the successor of a refresh token, if that refresh token is still in the store. */
  replace(refreshToken: string, tokens: Tokens): Promise<void>;
  /** Removes the tokens of an ended session, unless the store holds another session by then. */
  clear(ended: Tokens | undefined): Promise<void>;
  /**
   * Returns valid tokens in place of expired ones: refreshes them, or takes those that another call or process has
   * stored. Concurrent calls share one refresh. Returns undefined after a sign-out or a sign-in to another session.
   *
   * @throws ProjoError of the refresh. The store is cleared if the server refused the refresh, and else unchanged.
   */
  renew(expired: Tokens, refresh: Refresh): Promise<Tokens | undefined>;
}

const sessions = new WeakMap<TokenStore, Session>();

export function sessionOf(store: TokenStore): Session {
  const known = sessions.get(store);
  if (known) return known;
  const session = openSession(store);
  sessions.set(store, session);
  return session;
}

function openSession(store: TokenStore): Session {
  let last: Promise<unknown> = Promise.resolve();
  let pendingRefresh: Promise<Tokens | undefined> | undefined;

  const serialize = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(() => (store.lock ? store.lock(work) : work()));
    last = result.catch(() => undefined);
    return result;
  };

  const refreshStored = async (expired: Tokens, refresh: Refresh): Promise<Tokens | undefined> => {
    // Read the store again under the lock: another call or process may already have stored new tokens.
    const stored = await store.get();
    if (stored?.accessToken !== expired.accessToken || stored.refreshToken === undefined) return stored;
    const { refreshToken } = stored;
    const isUnchanged = async () => (await store.get())?.refreshToken === refreshToken;
    try {
      const fresh = await refresh(refreshToken);
      // A store without a lock may have changed meanwhile, for example through another sign-in.
      if (!(await isUnchanged())) return await store.get();
      await store.set(fresh);
      return fresh;
    } catch (error) {
      if (!endsSession(error)) throw error;
      if (!(await isUnchanged())) return await store.get();
      await store.clear();
      throw error;
    }
  };

  return Object.freeze({
    tokens: async () => await store.get(),
    store: (tokens: Tokens) => serialize(async () => await store.set(tokens)),
    replace: (refreshToken: string, tokens: Tokens) =>
      serialize(async () => {
        if ((await store.get())?.refreshToken === refreshToken) await store.set(tokens);
      }),
    clear: (ended: Tokens | undefined) =>
      serialize(async () => {
        const stored = await store.get();
        if (stored && ended && (stored.accessToken === ended.accessToken || isSameSession(stored, ended)))
          await store.clear();
      }),
    renew: async (expired: Tokens, refresh: Refresh) => {
      if (!pendingRefresh) {
        const started = serialize(() => refreshStored(expired, refresh));
        pendingRefresh = started;
        const finish = () => {
          pendingRefresh = undefined;
        };
        started.then(finish, finish);
      }
      const next = await pendingRefresh;
      return next && next.sessionId === expired.sessionId ? next : undefined;
    },
  });
}

/** Returns true when both have the same known session id. */
function isSameSession(a: Tokens, b: Tokens): boolean {
  return a.sessionId !== undefined && a.sessionId === b.sessionId;
}

/** Returns true when the server has ended the session. Other failures, such as a lost connection, do not end it. */
function endsSession(error: unknown): boolean {
  return (
    isProjoError(error) && (error.reason === "auth.token_reused" || error.reason === "auth.unauthenticated")
  );
}
