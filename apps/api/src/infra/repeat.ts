import type { Clock } from "./clock.ts";

/** Work that goes on beside the requests. */
export interface Repeated {
  /** Begins no more work, and waits for what has begun. */
  stop(): Promise<void>;
}

/**
 * Does the work again and again until it is stopped.
 * @param work gives the milliseconds until the next time, and deals with its own failures
 */
export function repeat(clock: Clock, work: () => Promise<number>): Repeated {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async (): Promise<void> => {
    while (!signal.aborted) await clock.pause(await work(), signal);
  };
  const ended = run();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
