// Refuses a call before any work is done for it when the server could not answer it in time. The expected wait is the delay
// of the event loop plus the wait for the database. Calls are refused by priority: heavy calls first, then changes, then
// reads. Urgent calls, such as ending a session, are never refused here.
import type { DatabaseLoad } from "@projostack/db";
import type { LoopDelay } from "./loop-delay.ts";

export type Priority = "urgent" | "read" | "change" | "heavy";

export interface Admission {
  /** @returns the seconds after which the caller may retry, or null when the call is admitted */
  refusal(priority: Priority): number | null;
  /** The number of refused calls, by priority. */
  statistics(): Readonly<Record<Priority, number>>;
}

export interface AdmissionOptions {
  readonly loop: Pick<LoopDelay, "ms">;
  readonly database: () => Pick<DatabaseLoad, "delayMs" | "refusesReads" | "poolDelayMs">;
}

/** The longest expected wait of each priority. All are below 2 s, the timeout of a wait for a database connection. */
export const longestWaitMs = { heavy: 500, change: 1_000, read: 1_500 } as const satisfies Partial<
  Record<Priority, number>
>;

/** Refused callers retry after 1, 2 or 3 seconds, so that they do not all retry at the same time. */
const SPREAD_SECONDS = 3;

export function createAdmission({ loop, database }: AdmissionOptions): Admission {
  const refused: Record<Priority, number> = { urgent: 0, read: 0, change: 0, heavy: 0 };
  let last = 0;
  return {
    refusal: (priority) => {
      if (priority === "urgent") return null;
      const { delayMs, refusesReads, poolDelayMs } = database();
      // Most reads run on the shared connections and do not wait for a connection of the pool.
      const databaseMs = priority === "read" ? delayMs : Math.max(delayMs, poolDelayMs);
      if (!refusesReads && loop.ms + databaseMs <= longestWaitMs[priority]) return null;
      refused[priority] += 1;
      last = (last + 1) % SPREAD_SECONDS;
      return 1 + last;
    },
    statistics: () => ({ ...refused }),
  };
}
