// One store is one session, whichever clients share it: here it is kept, carried on and forgotten. Within the process
// changes to it happen one after another, and between processes inside the store's lock, if it has one.
import { isProjoError } from "../errors.ts";
import type { Tokens, TokenStore } from "./token-store.ts";

/** Asks the server for the tokens that follow. @throws ProjoError */
export type Refresh = (refreshToken: string) => Promise<Tokens>;

export interface Session {
  /** The tokens as the store has them. */
  tokens(): Promise<Tokens | undefined>;
  /** Keeps the tokens of a sign-in. */
  keep(tokens: Tokens): Promise<void>;
  /** Keeps what followed a refresh token, if that is still the one in the store. */
  replace(refreshToken: string, tokens: Tokens): Promise<void>;
  /** Forgets an ended session, unless another one was opened in the meantime. */
  forget(ended: Tokens | undefined): Promise<void>;
  /**
   * The tokens to go on with after these: fresh ones, or those that another call or process got already. All calls
   * that ask at once share one refresh. Undefined when there is no way on: signed out, or signed in as another.
   *
   * @throws ProjoError of the refresh. When the server refused it, the store is empty; else it is as it was.
   */
  renew(spent: Tokens, refresh: Refresh): Promise<Tokens | undefined>;
}

const sessions = new WeakMap<TokenStore, Session>();

export function sessionIn(store: TokenStore): Session {
  const known = sessions.get(store);
  if (known) return known;
  const session = openSession(store);
  sessions.set(store, session);
  return session;
}

function openSession(store: TokenStore): Session {
  let last: Promise<unknown> = Promise.resolve();
  let flight: Promise<Tokens | undefined> | undefined;

  const exclusively = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(() => (store.lock ? store.lock(work) : work()));
    last = turn.catch(() => undefined);
    return turn;
  };

  const carryOn = async (spent: Tokens, refresh: Refresh): Promise<Tokens | undefined> => {
    // Read now that nobody else is at it: another call or process may have been faster, and its tokens are as good.
    const kept = await store.get();
    if (kept?.accessToken !== spent.accessToken || kept.refreshToken === undefined) return kept;
    const { refreshToken } = kept;
    const isStillKept = async () => (await store.get())?.refreshToken === refreshToken;
    try {
      const fresh = await refresh(refreshToken);
      // A store without a lock may have been written meanwhile, by another sign-in for one.
      if (!(await isStillKept())) return await store.get();
      await store.set(fresh);
      return fresh;
    } catch (error) {
      if (!endsSession(error)) throw error;
      if (!(await isStillKept())) return await store.get();
      await store.clear();
      throw error;
    }
  };

  return Object.freeze({
    tokens: async () => await store.get(),
    keep: (tokens: Tokens) => exclusively(async () => await store.set(tokens)),
    replace: (refreshToken: string, tokens: Tokens) =>
      exclusively(async () => {
        if ((await store.get())?.refreshToken === refreshToken) await store.set(tokens);
      }),
    forget: (ended: Tokens | undefined) =>
      exclusively(async () => {
        const kept = await store.get();
        if (kept && ended && (kept.accessToken === ended.accessToken || isSame(kept, ended)))
          await store.clear();
      }),
    renew: async (spent: Tokens, refresh: Refresh) => {
      if (!flight) {
        const begun = exclusively(() => carryOn(spent, refresh));
        flight = begun;
        const land = () => {
          flight = undefined;
        };
        begun.then(land, land);
      }
      const next = await flight;
      return next && next.sessionId === spent.sessionId ? next : undefined;
    },
  });
}

/** Whether both are known to be of one session. */
function isSame(some: Tokens, others: Tokens): boolean {
  return some.sessionId !== undefined && some.sessionId === others.sessionId;
}

/** The server knows the session no longer. Any other failure, a broken connection above all, says nothing of it. */
function endsSession(error: unknown): boolean {
  return (
    isProjoError(error) && (error.reason === "auth.token_reused" || error.reason === "auth.unauthenticated")
  );
}
