import type { Db } from "@projostack/db";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { repeat, type Repeated } from "../runtime/repeat.ts";
import type { Sessions } from "../identity/sessions/sessions.ts";

export interface CleanUp {
  readonly db: Db;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Log;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Removes expired data at the start and every day: sessions, one-time tokens, idempotency keys, old mails, and workspaces that were deleted
 * 30 days ago.
 */
export function startCleanUp({ db, sessions, clock, log }: CleanUp): Repeated {
  return repeat({ clock, log }, async () => {
    try {
      await sessions.deleteExpired();
      await db.mail.deleteOld();
      await db.keys.deleteExpired();
      const { purged, problems } = await db.purgeWorkspaces();
      for (const workspaceId of purged) log.info({ workspaceId }, "a deleted workspace was purged");
      for (const error of problems) log.warn({ err: error }, "a deleted workspace could not be purged yet");
      return DAY_MS;
    } catch (error) {
      // A delayed clean-up is harmless, because expired data is refused anyway.
      log.warn({ err: error }, "the clean-up failed; trying again in five minutes");
      return 5 * MINUTE_MS;
    }
  });
}
