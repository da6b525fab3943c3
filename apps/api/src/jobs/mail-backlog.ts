import type { MailStore } from "@projostack/db";
import type { Observer } from "../observe/observer.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { repeat, type Repeated } from "../runtime/repeat.ts";

export interface MailBacklogJob {
  readonly store: Pick<MailStore, "backlog">;
  readonly observer: Pick<Observer, "mailCounted">;
  readonly clock: Clock;
  readonly log: Log;
}

const EVERY_MS = 15_000;

/** Counts the mails in the outbox for the metrics, whether or not Prometheus asks. */
export function startMailBacklog({ store, observer, clock, log }: MailBacklogJob): Repeated {
  return repeat({ clock, log }, async () => {
    try {
      observer.mailCounted(await store.backlog());
    } catch (error) {
      log.debug({ err: error }, "the outbox could not be counted");
    }
    return EVERY_MS;
  });
}
