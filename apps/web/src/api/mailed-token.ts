// The token of a mailed link. It is in the fragment, which browsers do not send. It is removed from the address bar before
// anything else happens, and kept in memory only: a reload of the page loses it, and the link in the mail still has it.
import { useSyncExternalStore } from "react";
import { createStore } from "./store.ts";

export interface MailedToken {
  /** The path of the link. A token of one page is not shown to another one. */
  readonly path: string;
  readonly token: string;
}

const store = createStore<MailedToken | undefined>(undefined);

/** Takes the token from the address bar, now and when the user opens another link in this tab. */
export function takeMailedToken(): void {
  takeFragment();
  globalThis.addEventListener("hashchange", takeFragment);
}

function takeFragment(): void {
  const { pathname, search, hash } = location;
  if (!hash.startsWith("#token=")) return;
  history.replaceState(history.state, "", pathname + search);
  store.set({ path: pathname, token: decodeURIComponent(hash.slice("#token=".length)) });
}

/** The token of the last link to one of these paths. */
export function useMailedToken(...ofPaths: readonly string[]): string | undefined {
  const mailed = useSyncExternalStore(store.subscribe, store.get);
  return mailed !== undefined && ofPaths.includes(mailed.path) ? mailed.token : undefined;
}

/** Forgets the token after it was used. */
export const forgetMailedToken = (): void => store.set(undefined);
