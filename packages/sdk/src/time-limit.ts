import { platform } from "./platform.ts";

/** A promise that rejects after a time. Release it when it is no longer needed. */
export function startTimeLimit(ms: number): { reached: Promise<never>; release(): void } {
  const { setTimeout, clearTimeout } = platform();
  let timer: unknown;
  const reached = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It has not returned for ${ms / 1000} seconds`)), ms);
    // The timer alone does not keep a program of Node.js running.
    (timer as { unref?(): void }).unref?.();
  });
  return { reached, release: () => clearTimeout(timer) };
}
