import type { Clock } from "../clock.ts";
import { onAbort } from "./on-abort.ts";
import { platform, type AbortSignalLike, type Signal } from "../platform.ts";

/** The end of a call: its timeout, or the abort by its caller, whichever is first. */
export interface Deadline {
  /** Aborts at the deadline. */
  readonly signal: Signal;
  /** Returns true after the timeout, and false after an abort by the caller. */
  isOver(): boolean;
  remainingMs(): number;
  /** Waits for the work, but no longer than the deadline, because a fetch or a store may ignore the signal. */
  within<T>(work: T | Promise<T>): Promise<T>;
  /** Removes the timer and the listener. */
  release(): void;
}

export function startDeadline(ms: number, clock: Clock, caller: AbortSignalLike | undefined): Deadline {
  const { AbortController, setTimeout, clearTimeout } = platform();
  const endsAt = clock.now() + ms;
  const controller = new AbortController();
  const signal: AbortSignalLike = controller.signal;
  let over = false;

  const abort = () => controller.abort();
  const timer = setTimeout(() => {
    over = caller?.aborted !== true;
    abort();
  }, ms);
  const removeAbort = caller === undefined ? undefined : onAbort(caller, abort);

  const ended = new Promise<never>((_, reject) => {
    const end = () => reject(new Error("The call has ended."));
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
  // Prevent an unhandled rejection when no work is waiting at the deadline.
  ended.catch(() => undefined);

  return {
    signal: controller.signal,
    isOver: () => over,
    remainingMs: () => endsAt - clock.now(),
    within: (work) => Promise.race([work, ended]),
    release: () => {
      clearTimeout(timer);
      removeAbort?.();
    },
  };
}
