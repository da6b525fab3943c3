import { platform, type AbortSignalLike } from "./platform.ts";

/** Time and chance, handed in so that tests own them. */
export interface Clock {
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  /** Ends early when the signal aborts. */
  sleep(ms: number, signal: AbortSignalLike): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const { setTimeout, clearTimeout } = platform();
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener("abort", wake);
      if (signal.aborted) wake();
    }),
};
