import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** Work that goes on beside the requests. */
export interface Repeated {
  /** Begins no more work, and waits for what has begun. */
  stop(): Promise<void>;
}

/** After work that threw what it should have dealt with itself. */
const AFTER_A_BUG_MS = 60_000;

/**
 * Does the work again and again until it is stopped. Work that throws is logged and done again: it ends neither the
 * repetition nor the process.
 * @param work gives the milliseconds until the next time, and deals with the failures that it expects
 */
export function repeat(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  work: () => Promise<number>,
): Repeated {
  const stopping = new AbortController();
  const { signal } = stopping;
  const workOnce = async (): Promise<number> => {
    try {
      return await work();
    } catch (error) {
      log.error({ err: error }, "a bug in work beside the requests");
      return AFTER_A_BUG_MS;
    }
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) await clock.pause(await workOnce(), signal);
  };
  const ended = run();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
