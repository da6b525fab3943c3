import type { Clock } from "../clock.ts";
import { platform, type AbortSignalLike, type Signal } from "../platform.ts";

/** The end of a call: its time is up, or its caller aborted it, whichever is first. */
export interface Deadline {
  /** Aborts at the end. */
  readonly signal: Signal;
  isOver(): boolean;
  remainingMs(): number;
  /** Waits for the work, but no longer than the deadline: a fetch or a store may not heed the signal. */
  within<T>(work: Promise<T>): Promise<T>;
  /** Gives back the timer and the listener. */
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
  caller?.addEventListener("abort", abort);
  if (caller?.aborted === true) abort();

  const ended = new Promise<never>((_, reject) => {
    const end = () => reject(new Error("The call has ended."));
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
  // Nobody may be waiting when it ends.
  ended.catch(() => undefined);

  return {
    signal: controller.signal,
    isOver: () => over,
    remainingMs: () => endsAt - clock.now(),
    within: (work) => Promise.race([work, ended]),
    release: () => {
      clearTimeout(timer);
      caller?.removeEventListener("abort", abort);
    },
  };
}
