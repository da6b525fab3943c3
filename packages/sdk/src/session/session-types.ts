// The types of a session, which the part that is loaded later also uses.
import type { Tokens } from "./token-store.ts";

export interface GuardedStore {
  get(): Promise<Tokens | undefined>;
  /** @param note a sentence for the failure */
  set(tokens: Tokens, note?: string): Promise<void>;
  clear(): Promise<void>;
  /** Runs the work inside the store's lock, if it has one. A failure of the work is not a failure of the lock. */
  lock<T>(work: () => Promise<T>): Promise<T>;
  /** Returns the name of the method that has not returned yet. */
  pendingMethod(): string | undefined;
}

export interface Session {
  /** Reads the tokens from the store. */
  tokens(): Promise<Tokens | undefined>;
  /** Runs a change of the store after the earlier ones, inside the store's lock. */
  change<T>(work: (store: GuardedStore) => Promise<T>): Promise<T>;
  /** Returns the name of the method of the store that has not returned yet: `tokens.get`. */
  pendingMethod(): string | undefined;
}
