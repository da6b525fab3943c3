import type { AbortSignalLike } from "../../platform.ts";
import { platform } from "./given.ts";

/** Resolves after `ms` milliseconds, or as soon as the signal aborts. */
export const sleep = (ms: number, signal: AbortSignalLike): Promise<void> =>
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
  });
