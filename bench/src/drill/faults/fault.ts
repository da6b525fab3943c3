import type { Random } from "../random.ts";
import type { Stack } from "../stack/stack.ts";

/** One strike of a fault. The seed decides its pause and its victim, so the same seed gives the same steps. */
export interface Step {
  /** The load runs undisturbed for this time before the strike. */
  readonly pauseMs: number;
  /** The server, process or kind that is hit, as a number. The fault interprets it. */
  readonly choice: number;
}

/** A statement about one strike beside those that hold for every fault, and whether it is true. */
export interface Finding {
  readonly text: string;
  readonly isMet: boolean;
}

export interface Fault {
  readonly name: string;
  readonly title: string;
  /** The expectation beside the rules that hold for every fault. */
  readonly expected: string;
  /**
   * `none` if no call of an SDK client may fail, because other servers take over or a retry succeeds. `refusals` if the database is
   * gone for longer than the SDK retries, so that calls may fail after refusals.
   */
  readonly failedCalls: "none" | "refusals";
  /** Whether the requests under way lose their server, so that HAProxy answers 502 or closes the connection. */
  readonly losesAnswers?: boolean;
  readonly steps: (random: Random, form: { readonly quick: boolean }) => Step[];
  /** Causes the fault, and ends it. It returns when the cause has ended, not when the service has recovered. */
  readonly strike: (stack: Stack, step: Step) => Promise<readonly Finding[]>;
  /** @returns why the fault cannot be caused here, or null */
  readonly notPossible?: (stack: Stack) => string | null;
}

/** Repeats a strike, with a random pause before each and a random choice below `choices`. */
export const repeated =
  (times: { readonly full: number; readonly quick: number }, choices = 1): Fault["steps"] =>
  (random, { quick }) =>
    Array.from({ length: quick ? times.quick : times.full }, () => ({
      pauseMs: Math.round(random.between(300, 900)),
      choice: random.below(choices),
    }));
