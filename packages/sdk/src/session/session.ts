// Manages the session of a token store, which several clients may share. Changes are serialized within the process, and
// between processes by the store's lock, if it has one.
import { guardStore } from "./guarded-store.ts";
import type { GuardedStore, Session } from "./session-types.ts";
import type { Tokens, TokenStore } from "./token-store.ts";

const sessions = new WeakMap<TokenStore, Session>();

export function sessionOf(store: TokenStore): Session {
  const known = sessions.get(store);
  if (known) return known;
  const session = openSession(guardStore(store));
  sessions.set(store, session);
  return session;
}

function openSession(store: GuardedStore): Session {
  let last: Promise<unknown> = Promise.resolve();
  return {
    tokens: () => store.get(),
    change: <T>(work: (changed: GuardedStore) => Promise<T>): Promise<T> => {
      const result = last.then(() => store.lock(() => work(store)));
      last = result.catch(() => undefined);
      return result;
    },
    pendingMethod: () => store.pendingMethod(),
  };
}

/** Stores the successor of a refresh token, if that refresh token is still in the store. */
export const replaceTokens = (session: Session, refreshToken: string, tokens: Tokens): Promise<void> =>
  session.change(async (store) => {
    if ((await store.get())?.refreshToken === refreshToken) await store.set(tokens);
  });

/** Removes the tokens of an ended session, unless the store holds another session by then. */
export const clearTokens = (session: Session, ended: Tokens | undefined): Promise<void> =>
  session.change(async (store) => {
    const stored = await store.get();
    if (!stored || !ended) return;
    const isSame = stored.sessionId !== undefined && stored.sessionId === ended.sessionId;
    if (isSame || stored.accessToken === ended.accessToken) await store.clear();
  });
