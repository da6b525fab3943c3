// Sends the mails in the outbox. Several servers may run this job: the database assigns each mail to one of them. A mail is
// sent at least once. It is sent twice only if the server stopped, or lost the database for half a minute, after sending
// the mail and before marking it as sent. Both copies have the same Message-ID.
import type { ClaimedMail, MailStore } from "@projostack/db";
import type { Observer } from "../observe/observer.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { repeat, type Repeated } from "../runtime/repeat.ts";
import { composeMail, type ComposeDeps } from "../mail/compose-mail.ts";
import { MailNotSent, type MailTransport } from "../mail/mail.ts";

export interface MailWorker extends ComposeDeps {
  readonly store: MailStore;
  readonly transport: MailTransport;
  readonly clock: Clock;
  readonly log: Log;
  readonly observer: Pick<Observer, "mailAttempted">;
}

const POLL_MS = 1_000;
const POLL_WITHOUT_DATABASE_MS = 5_000;
/** This timeout and all `NOTE_TRIES` together are shorter than the two minutes for which a mail is claimed. */
const LONGEST_SEND_MS = 30_000;
const NOTE_TRIES = 30;
const NOTE_PAUSE_MS = 1_000;
/** How long a stopping server waits for mails that are being sent. */
const LAST_SEND_MS = 5_000;

export function startMailWorker(worker: MailWorker): Repeated {
  const giveUp = new AbortController();
  const repeated = repeat(worker, () => sendDue(worker, giveUp.signal));
  return {
    stop: async () => {
      const timer = setTimeout(() => giveUp.abort(), LAST_SEND_MS);
      await repeated.stop();
      clearTimeout(timer);
    },
  };
}

/** Sends one batch of mails. @returns the milliseconds until the next batch */
async function sendDue(worker: MailWorker, givenUp: AbortSignal): Promise<number> {
  try {
    const claimed = await worker.store.claim();
    await Promise.all(claimed.map((mail) => deliver(worker, mail, givenUp)));
    return claimed.length > 0 ? 0 : POLL_MS;
  } catch (error) {
    worker.log.warn({ err: error }, "the outbox could not be read");
    return POLL_WITHOUT_DATABASE_MS;
  }
}

async function deliver(worker: MailWorker, claimed: ClaimedMail, givenUp: AbortSignal): Promise<void> {
  const { store, transport, log } = worker;
  const facts = { mailId: claimed.id, template: claimed.template, attempt: claimed.attempt };
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(LONGEST_SEND_MS), givenUp]);
    await transport.send(composeMail(claimed, worker), signal);
  } catch (error) {
    // After an unexpected error the mail is also retried. The log has the stack; the outbox stores only a text without
    // secrets.
    if (!(error instanceof MailNotSent)) log.error({ ...facts, err: error }, "a mail could not be composed");
    const failure =
      error instanceof MailNotSent
        ? { reason: error.message, permanent: error.permanent, problem: error.problem }
        : {
            reason: "a server error: see the server's log",
            permanent: false,
            problem: "not_accepted" as const,
          };
    const status = await note(worker, givenUp, () => store.markFailed(claimed, failure));
    worker.observer.mailAttempted(status === "dead" ? "dead" : "retried");
    log.warn({ ...facts, reason: failure.reason, status }, "a mail was not sent");
    return;
  }
  await note(worker, givenUp, () => store.markSent(claimed.id));
  worker.observer.mailAttempted("sent");
  log.info(facts, "a mail was sent");
}

/** Writes the result of a mail and retries while the database is briefly unavailable. */
async function note<T>(
  { clock, log }: MailWorker,
  givenUp: AbortSignal,
  write: () => Promise<T>,
): Promise<T | null> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (tries === NOTE_TRIES || givenUp.aborted) {
        log.error({ err: error }, "the result of a mail could not be written: the mail will be sent again");
        return null;
      }
      await clock.pause(NOTE_PAUSE_MS, givenUp);
    }
  }
}
