import type { Db } from "@projostack/db";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { repeat, type Repeated } from "../runtime/repeat.ts";

export interface DenialCounts {
  readonly db: Pick<Db, "settleDenials">;
  readonly clock: Clock;
  readonly log: Log;
}

const EVERY_MS = 5 * 60_000;

/** Appends the count of the denials that were not recorded one by one to the audit logs, a few minutes after each hour. */
export function startDenialCounts({ db, clock, log }: DenialCounts): Repeated {
  return repeat({ clock, log }, async () => {
    try {
      while ((await db.settleDenials()) > 0);
    } catch (error) {
      log.warn({ err: error }, "omitted denials could not be counted; trying again in five minutes");
    }
    return EVERY_MS;
  });
}
