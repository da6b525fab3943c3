// Sends what waits in the outbox. Several servers may do so at once: the database hands each mail to one of them.
// A mail is sent at least once. It is sent again only if the server ended, or lost the database for a minute, after
// the mail left and before that was noted; both copies have one Message-ID.
import type { ClaimedMail, MailStore } from "@projostack/db";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { repeat, type Repeated } from "../runtime/repeat.ts";
import { composeMail, type ComposeWith } from "../mail/compose-mail.ts";
import { MailNotSent, type MailTransport } from "../mail/mail.ts";

export interface MailWorker extends ComposeWith {
  readonly store: MailStore;
  readonly transport: MailTransport;
  readonly clock: Clock;
  readonly log: Log;
}

const POLL_MS = 1_000;
const POLL_WITHOUT_DATABASE_MS = 5_000;
/** With `NOTE_TRIES` well within the two minutes for which a mail is claimed. */
const LONGEST_SEND_MS = 30_000;
const NOTE_TRIES = 30;
const NOTE_PAUSE_MS = 1_000;
/** What a stopping server still grants the mail in flight. */
const LAST_SEND_MS = 5_000;

export function startMailWorker(worker: MailWorker): Repeated {
  const givenUp = new AbortController();
  const repeated = repeat(worker, () => sendDue(worker, givenUp.signal));
  return {
    stop: async () => {
      const late = setTimeout(() => givenUp.abort(), LAST_SEND_MS);
      await repeated.stop();
      clearTimeout(late);
    },
  };
}

/** Sends one batch. @returns when to look again, in milliseconds */
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
    // A bug is tried again as well, and stands in the log with its stack; what is kept is known to hold no secret.
    if (!(error instanceof MailNotSent)) log.error({ ...facts, err: error }, "a mail could not be written");
    const failure =
      error instanceof MailNotSent
        ? { reason: error.message, permanent: error.permanent }
        : { reason: "an error of the server: see its log", permanent: false };
    const status = await note(worker, givenUp, () => store.markFailed(claimed, failure));
    log.warn({ ...facts, reason: failure.reason, status }, "a mail was not sent");
    return;
  }
  await note(worker, givenUp, () => store.markSent(claimed.id));
  log.info(facts, "a mail was sent");
}

/** Notes what became of a mail, through a short absence of the database. */
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
        log.error({ err: error }, "what became of a mail could not be noted: it will be sent again");
        return null;
      }
      await clock.pause(NOTE_PAUSE_MS, givenUp);
    }
  }
}
