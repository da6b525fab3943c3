// Mail on its way out. A row came with the change that wants it sent, in one transaction; here it is handed to one
// sender at a time, by the database's clock. A claim is a lease: whoever claimed and then died loses the mail to the
// next one after the lease, so a mail is sent again only after an end, or an outage, between sending and marking.
import type { Purpose } from "./accounts.ts";
import type { RunStatement } from "../scope/run-statement.ts";

export const mailStatuses = ["pending", "sent", "dead"] as const;
export type MailStatus = (typeof mailStatuses)[number];

/** A mail that is the claimer's for `CLAIM_SECONDS`. */
export interface ClaimedMail {
  readonly id: string;
  readonly template: string;
  readonly recipient: string;
  /** This attempt's number, from 1. */
  readonly attempt: number;
  /** What it says, in the words of who wanted it sent. Other people's text, and no secret. */
  readonly facts: unknown;
  /** What makes the token that the mail brings, if it brings one; the token itself is nowhere in the database. */
  readonly token: OneTimeOrigin | InviteOrigin | null;
}

export interface OneTimeOrigin {
  readonly of: "account";
  readonly id: string;
  readonly purpose: Purpose;
  readonly salt: Uint8Array;
  readonly expiresAt: Date;
}

export interface InviteOrigin {
  readonly of: "invite";
  readonly inviteId: string;
  /** The number of the server's key. */
  readonly kid: number;
  readonly salt: Uint8Array;
  readonly expiresAt: Date;
}

export interface QueuedMail {
  readonly id: string;
  readonly template: string;
  readonly recipient: string;
  readonly status: MailStatus;
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  readonly lastError: string | null;
  readonly createdAt: Date;
}

export interface MailFailure {
  /** Why, without secrets. */
  readonly reason: string;
  /** Trying again cannot help: the mail is dead at once. */
  readonly permanent: boolean;
}

export type ResendResult = "queued" | "missing" | "pending" | "used" | "expired";

export interface MailStore {
  /** Takes up to ten mails that are due. One whose token was used is dropped; one whose link has expired is dead. */
  claim(): Promise<ClaimedMail[]>;
  markSent(id: string): Promise<void>;
  /** Notes a failed attempt. @returns whether the mail is dead now; null when it was no longer the claimer's */
  markFailed(mail: ClaimedMail, failure: MailFailure): Promise<"pending" | "dead" | null>;
  /** The latest mails of a status. */
  list(status: MailStatus, limit: number): Promise<QueuedMail[]>;
  /**
   * Sends a dead or sent mail again. An account's token works for its whole life from now on. An invite's does as long
   * as it would have: only the workspace makes invites live longer.
   */
  resend(id: string): Promise<ResendResult>;
  /** Sends all dead mails again whose link was not used, or can be made to work. @returns how many */
  resendDead(): Promise<number>;
  /** Forgets mails that ended 30 days ago, and expired tokens that no dead mail waits for. */
  deleteOld(): Promise<void>;
}

/** Longer than the server takes to send a claimed batch and to mark it. */
const CLAIM_SECONDS = 120;
const BATCH = 10;
/** With 10 s after the first failure, and three times as long after each: the last one is 3 hours after the first. */
const MOST_ATTEMPTS = 8;
const LONGEST_ERROR = 300;

export function mailStore(run: RunStatement): MailStore {
  return {
    claim: async () => {
      const { rows } = await run<ClaimedRow>("mail_claim", CLAIM, [BATCH, MOST_ATTEMPTS, CLAIM_SECONDS]);
      return rows.map(claimedMail);
    },
    markSent: async (id) => {
      await run("mail_sent", SENT, [id]);
    },
    markFailed: async ({ id, attempt }, { reason, permanent }) => {
      const values = [id, attempt, reason.slice(0, LONGEST_ERROR), permanent, MOST_ATTEMPTS];
      const { rows } = await run<{ status: "pending" | "dead" }>("mail_failed", FAILED, values);
      return rows[0]?.status ?? null;
    },
    list: async (status, limit) => (await run<QueuedMail>("mail_list", LIST, [status, limit])).rows,
    resend: async (id) => {
      const { rows } = await run<{ outcome: ResendResult }>("mail_resend", RESEND, [id]);
      return rows[0]?.outcome ?? "missing";
    },
    resendDead: async () => {
      const { rows } = await run<{ queued: number }>("mail_resend_dead", RESEND_DEAD, []);
      return rows[0]?.queued ?? 0;
    },
    deleteOld: async () => {
      await run("mail_delete_old", DELETE_OLD, []);
      await run("token_delete_expired", DELETE_EXPIRED, []);
    },
  };
}

interface ClaimedRow {
  id: string;
  template: string;
  recipient: string;
  attempt: number;
  facts: unknown;
  token_id: string | null;
  purpose: Purpose | null;
  salt: Uint8Array | null;
  invite_id: string | null;
  token_kid: number | null;
  token_salt: Uint8Array | null;
  expires_at: Date | null;
}

function claimedMail({ id, template, recipient, attempt, facts, ...origin }: ClaimedRow): ClaimedMail {
  return { id, template, recipient, attempt, facts, token: originOf(origin) };
}

function originOf(
  row: Omit<ClaimedRow, "id" | "template" | "recipient" | "attempt" | "facts">,
): ClaimedMail["token"] {
  const { token_id: id, purpose, salt, expires_at: expiresAt } = row;
  const { invite_id: inviteId, token_kid: kid, token_salt: inviteSalt } = row;
  if (expiresAt === null) return null;
  if (id !== null && purpose !== null && salt !== null) {
    return { of: "account", id, purpose, salt, expiresAt };
  }
  if (inviteId !== null && kid !== null && inviteSalt !== null) {
    return { of: "invite", inviteId, kid, salt: inviteSalt, expiresAt };
  }
  return null;
}

// Of two claimers one has the row's lock and the other passes it by; whoever comes just after sees the lease.
const CLAIM = `
  WITH due AS (
    SELECT id, one_time_token_id, expires_at FROM mail_outbox
     WHERE status = 'pending' AND next_attempt_at <= now()
     ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ), judged AS (
    SELECT due.id, token.id AS token_id, token.purpose, token.salt,
           coalesce(token.expires_at, due.expires_at) AS expires_at, token.used_at IS NOT NULL AS used,
           coalesce(coalesce(token.expires_at, due.expires_at) <= now(), false) AS expired
      FROM due LEFT JOIN one_time_tokens AS token ON token.id = due.one_time_token_id
  ), dropped AS (
    DELETE FROM mail_outbox AS mail USING judged WHERE mail.id = judged.id AND judged.used
  ), buried AS (
    UPDATE mail_outbox AS mail
       SET status = 'dead',
           last_error = left(CASE WHEN judged.expired THEN 'the link expired first' ELSE 'the server ended while sending' END
             || coalesce('; ' || mail.last_error, ''), 300)
      FROM judged
     WHERE mail.id = judged.id AND NOT judged.used AND (judged.expired OR mail.attempts >= $2)
  )
  UPDATE mail_outbox AS mail
     SET attempts = mail.attempts + 1, next_attempt_at = now() + make_interval(secs => $3::double precision)
    FROM judged
   WHERE mail.id = judged.id AND NOT judged.used AND NOT judged.expired AND mail.attempts < $2
  RETURNING mail.id, mail.template, mail.recipient, mail.attempts AS attempt, mail.facts, judged.token_id, judged.purpose,
            judged.salt, mail.invite_id, mail.token_kid, mail.token_salt, judged.expires_at`;

const SENT = `
  UPDATE mail_outbox SET status = 'sent', sent_at = now(), last_error = NULL WHERE id = $1`;

// The attempt's number tells whether the lease is still the claimer's.
const FAILED = `
  UPDATE mail_outbox
     SET status = CASE WHEN $4 OR attempts >= $5 THEN 'dead' ELSE 'pending' END, last_error = $3,
         next_attempt_at = now() + make_interval(secs => 10 * power(3, attempts - 1))
   WHERE id = $1 AND status = 'pending' AND attempts = $2
  RETURNING status`;

const LIST = `
  SELECT id, template, recipient, status, attempts, next_attempt_at AS "nextAttemptAt", last_error AS "lastError",
         created_at AS "createdAt"
    FROM mail_outbox WHERE status = $1 ORDER BY created_at DESC, id DESC LIMIT $2`;

/**
 * Mails that are to be sent again. An account's tokens live anew, as long as they were made to live. The mails of an
 * invite that was ended, accepted or renewed are gone, so one that is still here needs only not to have expired.
 */
const again = (chosen: string): string => `
  chosen AS (
    SELECT mail.id, mail.status, mail.one_time_token_id, token.used_at IS NOT NULL AS used,
           coalesce(mail.expires_at <= now(), false) AS expired
      FROM mail_outbox AS mail LEFT JOIN one_time_tokens AS token ON token.id = mail.one_time_token_id
     WHERE ${chosen} FOR UPDATE OF mail
  ), renewed AS (
    UPDATE one_time_tokens AS token
       SET expires_at = now() + (token.expires_at - token.created_at), created_at = now()
      FROM chosen
     WHERE token.id = chosen.one_time_token_id AND chosen.status <> 'pending' AND token.used_at IS NULL
  ), queued AS (
    UPDATE mail_outbox AS mail
       SET status = 'pending', attempts = 0, next_attempt_at = now(), last_error = NULL, sent_at = NULL
      FROM chosen WHERE mail.id = chosen.id AND chosen.status <> 'pending' AND NOT chosen.used AND NOT chosen.expired
    RETURNING mail.id
  )`;

const RESEND = `
  WITH ${again("mail.id = $1")}
  SELECT CASE WHEN status = 'pending' THEN 'pending' WHEN used THEN 'used' WHEN expired THEN 'expired' ELSE 'queued' END AS outcome FROM chosen`;

const RESEND_DEAD = `
  WITH ${again("mail.status = 'dead'")}
  SELECT count(*)::integer AS queued FROM queued`;

const DELETE_OLD = `
  DELETE FROM mail_outbox
   WHERE (status = 'sent' AND sent_at < now() - interval '30 days')
      OR (status = 'dead' AND next_attempt_at < now() - interval '30 days')`;

// A mail goes with its token, and one that is not sent yet must not go unseen.
const DELETE_EXPIRED = `
  DELETE FROM one_time_tokens AS token
   WHERE expires_at <= now() AND NOT EXISTS (
     SELECT FROM mail_outbox AS mail WHERE mail.one_time_token_id = token.id AND mail.status <> 'sent'
   )`;
