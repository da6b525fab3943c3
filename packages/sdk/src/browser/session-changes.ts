// Reports when a user signs in or out, in this tab or in another one. A refresh is no such change.
import { platform } from "../platform.ts";
import type { Tokens } from "../session/token-store.ts";
import { page, type Channel } from "./page.ts";

/** A sign-in, a sign-out, or a sign-in as another user. */
export interface SessionChange {
  /** Whether a user is signed in now. */
  readonly isSignedIn: boolean;
  /** The id of the session of that user. */
  readonly sessionId: string | undefined;
  /** Whether the user signed in or out in another tab. */
  readonly isFromOtherTab: boolean;
}

type Listener = (change: SessionChange) => void;

export interface SessionChanges {
  /** Adds a listener. The returned function removes it. */
  readonly subscribe: (listener: Listener) => () => void;
  /** Reports that this tab has changed the tokens. */
  readonly changed: () => void;
}

/** `name` is the channel between the tabs, and `read` returns the present tokens. */
export function sessionChanges(name: string, read: () => Promise<Tokens | undefined>): SessionChanges {
  const listeners = new Set<Listener>();
  const tab = `${Math.random()}`;
  let known: Promise<Tokens | undefined> = Promise.resolve(undefined);
  let channel: Channel | null | undefined;

  // A page whose storage is blocked can subscribe. Its calls report the storage.
  const present = () => read().catch(() => undefined);

  const report = (isFromOtherTab: boolean): void => {
    known = known.then(async (previous) => {
      const now = await present();
      if (isSameSession(previous, now)) return now;
      const change = { isSignedIn: now !== undefined, sessionId: now?.sessionId, isFromOtherTab };
      // The error of a listener is the page's error, and not one of the sign-in.
      for (const listener of listeners) platform().setTimeout(() => listener(change), 0);
      return now;
    });
  };
  // An old browser has no channel, and a page in the cache for the back button gets no messages.
  const onReturn = (): void => report(true);

  const start = (): void => {
    known = present();
    const { BroadcastChannel, addEventListener, indexedDB } = page();
    // On a server, an open channel would keep the program running.
    channel = indexedDB && BroadcastChannel && new BroadcastChannel(name);
    channel?.addEventListener("message", ({ data }) => {
      if (data !== tab) report(true);
    });
    addEventListener?.("pageshow", onReturn);
    addEventListener?.("visibilitychange", onReturn);
  };
  const stop = (): void => {
    channel?.close();
    page().removeEventListener?.("pageshow", onReturn);
    page().removeEventListener?.("visibilitychange", onReturn);
  };

  return {
    changed: () => {
      post(name, tab);
      if (listeners.size > 0) report(false);
    },
    subscribe: (listener) => {
      // A function of its own, so that a listener can be added twice.
      const own: Listener = (change) => listener(change);
      if (listeners.size === 0) start();
      listeners.add(own);
      return () => {
        if (listeners.delete(own) && listeners.size === 0) stop();
      };
    },
  };
}

function post(name: string, tab: string): void {
  const { BroadcastChannel } = page();
  if (!BroadcastChannel) return;
  const channel = new BroadcastChannel(name);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no other origin
  channel.postMessage(tab);
  channel.close();
}

/** Tokens without an id belong to the same session as other tokens without one. */
const isSameSession = (a: Tokens | undefined, b: Tokens | undefined): boolean =>
  (a === undefined) === (b === undefined) && a?.sessionId === b?.sessionId;
