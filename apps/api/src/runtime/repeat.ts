import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** A background job. */
export interface Repeated {
  /** Starts no further run and waits for the current one. */
  stop(): Promise<void>;
}

/** The pause after a run that threw an unexpected error. */
const AFTER_A_BUG_MS = 60_000;

/**
 * Runs the work repeatedly until it is stopped. If the work throws, the error is logged and the work runs again later.
 * @param work handles its expected failures and returns the milliseconds until the next run
 */
export function repeat(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  work: () => Promise<number>,
): Repeated {
  const stopping = new AbortController();
  const { signal } = stopping;
  const runOnce = async (): Promise<number> => {
    try {
      return await work();
    } catch (error) {
      log.error({ err: error }, "a bug in a background job");
      return AFTER_A_BUG_MS;
    }
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) await clock.pause(await runOnce(), signal);
  };
  const ended = run();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
