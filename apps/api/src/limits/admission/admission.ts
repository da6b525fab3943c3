// Refuses a call before anything is done for it when it could not be served in time. How long a call would wait is known from
// the event loop's delay and from what waits for the database. Calls are refused in the order of their priority: costly work
// first, then changes, then reads; what ends a session is never refused here.
import type { DatabaseLoad } from "@projostack/db";
import type { LoopDelay } from "./loop-delay.ts";

export type Priority = "urgent" | "read" | "change" | "heavy";

export interface Admission {
  /** @returns after how many seconds the caller may try again, or null when the call is let in */
  refusal(priority: Priority): number | null;
  /** How many calls were refused, by their priority. */
  statistics(): Readonly<Record<Priority, number>>;
}

export interface AdmissionOptions {
  readonly loop: Pick<LoopDelay, "ms">;
  readonly database: () => DatabaseLoad;
}

/** A call is refused when it would wait longer. All are below the two seconds after which a wait for the database ends. */
export const longestWaitMs = { heavy: 500, change: 1_000, read: 1_500 } as const satisfies Partial<
  Record<Priority, number>
>;

/** Refused callers are asked to come back after one, two or three seconds, so that they do not all come at once. */
const SPREAD_SECONDS = 3;

export function createAdmission({ loop, database }: AdmissionOptions): Admission {
  const refused: Record<Priority, number> = { urgent: 0, read: 0, change: 0, heavy: 0 };
  let last = 0;
  return {
    refusal: (priority) => {
      if (priority === "urgent") return null;
      const { delayMs, refusesReads, poolDelayMs } = database();
      // Most reads share connections of their own, and do not wait for one of the pool.
      const databaseMs = priority === "read" ? delayMs : Math.max(delayMs, poolDelayMs);
      if (!refusesReads && loop.ms + databaseMs <= longestWaitMs[priority]) return null;
      refused[priority] += 1;
      last = (last + 1) % SPREAD_SECONDS;
      return 1 + last;
    },
    statistics: () => ({ ...refused }),
  };
}
