// What surrounds each request of a command: the time that it may take, the message that the command waits, and the record of
// changes without an answer, for a command that is stopped.
import type { Fetch } from "@projostack/sdk";
import type { Io } from "../io.ts";
import { showWaiting } from "./show-waiting.ts";
import { createTimeBudget, parseTimeout, type TimeoutOptions } from "./time-budget.ts";

export interface WaitingOptions extends TimeoutOptions {
  quiet?: boolean;
}

export interface WatchedRequests {
  fetch: Fetch;
  /** The maximum duration of one call in milliseconds. Undefined for the default of the SDK. */
  timeoutMs?: number;
}

/** @throws CliError when the timeout is not a number of seconds */
export function watchRequests(fetch: Fetch, io: Io, options: WaitingOptions): WatchedRequests {
  const timeout = parseTimeout(io, options);
  const budget = timeout && createTimeBudget(timeout);
  const waiting = options.quiet ? undefined : showWaiting(io);
  const send: Fetch = async (url, init) => {
    const change = init.method === "GET" ? undefined : changeOf(url);
    const within: Within = async (work) => {
      waiting?.start();
      try {
        return await (budget ? budget.within(change, work) : work());
      } finally {
        waiting?.stop();
      }
    };
    if (change !== undefined) io.openChanges?.add(change);
    try {
      const signal = budget ? AbortSignal.any([init.signal, budget.signal]) : init.signal;
      const response = await within(() => fetch(url, { ...init, signal }));
      waiting?.refused(response);
      io.answered?.add(new URL(url).origin);
      // The head can arrive long before the rest.
      const text = await within(() => response.text());
      const { status, headers, type, proxy } = response;
      return { status, headers, proxy, ...(type !== undefined && { type }), text: async () => text };
    } finally {
      if (change !== undefined) io.openChanges?.delete(change);
    }
  };
  return timeout ? { fetch: send, timeoutMs: timeout.ms + SPARE_MS } : { fetch: send };
}

type Within = <T>(work: () => Promise<T>) => Promise<T>;

/** The budget ends first, because its error names the option. */
const SPARE_MS = 1_000;

/** Returns the operation, `tasks.create` of `http://127.0.0.1:4000/trpc/tasks.create`, unless it changes nothing of the user. */
function changeOf(url: string): string | undefined {
  const operation = /\/trpc\/([^?]*)/.exec(url)?.[1] ?? "";
  return CHANGES_NOTHING.has(operation) ? undefined : operation;
}

/** Operations whose input is too secret for a URL. */
export const CHANGES_NOTHING = new Set(["auth.refresh", "invites.preview", "tokens.introspect"]);
