// The mail outbox. A mail is queued in the transaction of the change that it is about. A worker claims it by a lease, which
// uses the database's clock. If the worker ends before it marks the mail, another worker claims the mail after the lease.
// So a mail is sent twice only if the worker ends, or loses the database, between sending and marking.
import type { Purpose } from "./accounts.ts";
import type { RunStatement } from "../scope/run-statement.ts";
import type { MailProblem } from "../tenant/mail-delivery.ts";

export const mailStatuses = ["pending", "sent", "dead"] as const;
export type MailStatus = (typeof mailStatuses)[number];

/** A mail that a worker has claimed for `CLAIM_SECONDS`. */
export interface ClaimedMail {
  readonly id: string;
  readonly template: string;
  readonly recipient: string;
  /** The number of this attempt, from 1. */
  readonly attempt: number;
  /** The values of the template. They contain text written by users, and no secret. */
  readonly facts: unknown;
  /** The number of changes that a notice reports. */
  readonly changeCount: number;
  /** The values from which the server derives the mail's token, if it has one. The database never stores the token. */
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
  /** The number of the server key. */
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
  /** The error, without secrets. */
  readonly reason: string;
  readonly problem: MailProblem;
  /** True when a retry cannot succeed: the mail becomes dead at once. */
  readonly permanent: boolean;
}

export type ResendResult = "queued" | "missing" | "pending" | "used" | "expired";

export interface MailBacklog {
  readonly pending: number;
  readonly dead: number;
  /** The age of the oldest pending mail; 0 without one. */
  readonly oldestPendingSeconds: number;
}

export interface MailStore {
  /** Claims up to ten due mails. It deletes a mail whose token was used, and marks a mail with an expired link as dead. */
  claim(): Promise<ClaimedMail[]>;
  markSent(id: string): Promise<void>;
  /** Records a failed attempt. @returns the mail's new status, or null when the claim has ended */
  markFailed(mail: ClaimedMail, failure: MailFailure): Promise<"pending" | "dead" | null>;
  /** Counts the mails that are not sent. */
  backlog(): Promise<MailBacklog>;
  /** Lists the latest mails of a status. */
  list(status: MailStatus, limit: number): Promise<QueuedMail[]>;
  /**
   * Queues a dead or sent mail again. A one-time token of an account gets its full lifetime again. An invite keeps its
   * expiry: only renewing it in the workspace changes that.
   */
  resend(id: string): Promise<ResendResult>;
  /** Queues every dead mail again, except those whose link was used or whose invite has expired. @returns the number of mails */
  resendDead(): Promise<number>;
  /** Deletes mails that were sent or became dead more than 30 days ago, and expired tokens without an unsent mail. */
  deleteOld(): Promise<void>;
}

/** Longer than a worker needs to send a claimed batch and mark its mails. */
const CLAIM_SECONDS = 120;
const BATCH = 10;
/** The delay is 10 s after the first failure and triples after each one, so the last attempt is 3 hours after the first. */
const MAX_ATTEMPTS = 8;
const MAX_ERROR_LENGTH = 300;

export function mailStore(run: RunStatement): MailStore {
  return {
    claim: async () => {
      const { rows } = await run<ClaimedRow>("mail_claim", CLAIM, [BATCH, MAX_ATTEMPTS, CLAIM_SECONDS]);
      return rows.map(claimedMail);
    },
    markSent: async (id) => {
      await run("mail_sent", SENT, [id]);
    },
    markFailed: async ({ id, attempt }, { reason, problem, permanent }) => {
      const values = [id, attempt, reason.slice(0, MAX_ERROR_LENGTH), permanent, MAX_ATTEMPTS, problem];
      const { rows } = await run<{ status: "pending" | "dead" }>("mail_failed", FAILED, values);
      return rows[0]?.status ?? null;
    },
    backlog: async () => {
      const { rows } = await run<MailBacklog>("mail_backlog", BACKLOG, []);
      return rows[0] ?? { pending: 0, dead: 0, oldestPendingSeconds: 0 };
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
  change_count: number;
  token_id: string | null;
  purpose: Purpose | null;
  salt: Uint8Array | null;
  invite_id: string | null;
  token_kid: number | null;
  token_salt: Uint8Array | null;
  expires_at: Date | null;
}

function claimedMail(row: ClaimedRow): ClaimedMail {
  const { id, template, recipient, attempt, facts, change_count: changeCount } = row;
  return { id, template, recipient, attempt, facts, changeCount, token: originOf(row) };
}

function originOf(row: ClaimedRow): ClaimedMail["token"] {
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

// Of two concurrent workers, one locks the row and the other skips it. A worker that comes later sees the lease.
const CLAIM = `
  WITH due AS (
    SELECT id, one_time_token_id, expires_at FROM mail_outbox
     WHERE status = 'pending' AND next_attempt_at <= now()
     ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ), checked AS (
    SELECT due.id, token.id AS token_id, token.purpose, token.salt,
           coalesce(token.expires_at, due.expires_at) AS expires_at, token.used_at IS NOT NULL AS used,
           coalesce(coalesce(token.expires_at, due.expires_at) <= now(), false) AS expired
      FROM due LEFT JOIN one_time_tokens AS token ON token.id = due.one_time_token_id
  ), dropped AS (
    DELETE FROM mail_outbox AS mail USING checked WHERE mail.id = checked.id AND checked.used
  ), failed AS (
    UPDATE mail_outbox AS mail
       SET status = 'dead', problem = CASE WHEN checked.expired THEN 'link_expired' ELSE 'not_accepted' END,
           last_error = left(CASE WHEN checked.expired THEN 'the link expired first' ELSE 'the server ended while sending' END
             || coalesce('; ' || mail.last_error, ''), 300)
      FROM checked
     WHERE mail.id = checked.id AND NOT checked.used AND (checked.expired OR mail.attempts >= $2)
  )
  UPDATE mail_outbox AS mail
     SET attempts = mail.attempts + 1, next_attempt_at = now() + make_interval(secs => $3::double precision)
    FROM checked
   WHERE mail.id = checked.id AND NOT checked.used AND NOT checked.expired AND mail.attempts < $2
  RETURNING mail.id, mail.template, mail.recipient, mail.attempts AS attempt, mail.facts, mail.change_count, checked.token_id, checked.purpose,
            checked.salt, mail.invite_id, mail.token_kid, mail.token_salt, checked.expires_at`;

const SENT = `
  UPDATE mail_outbox SET status = 'sent', sent_at = now(), last_error = NULL WHERE id = $1`;

// The number of attempts shows whether another worker has claimed the mail since.
const FAILED = `
  UPDATE mail_outbox
     SET status = CASE WHEN $4 OR attempts >= $5 THEN 'dead' ELSE 'pending' END, last_error = $3, problem = $6,
         next_attempt_at = now() + make_interval(secs => 10 * power(3, attempts - 1))
   WHERE id = $1 AND status = 'pending' AND attempts = $2
  RETURNING status`;

const BACKLOG = `
  SELECT (count(*) FILTER (WHERE status = 'pending'))::integer AS pending,
         (count(*) FILTER (WHERE status = 'dead'))::integer AS dead,
         coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE status = 'pending')), 0)::double precision
           AS "oldestPendingSeconds"
    FROM mail_outbox WHERE status IN ('pending', 'dead')`;

const LIST = `
  SELECT id, template, recipient, status, attempts, next_attempt_at AS "nextAttemptAt", last_error AS "lastError",
         created_at AS "createdAt"
    FROM mail_outbox WHERE status = $1 ORDER BY created_at DESC, id DESC LIMIT $2`;

/**
 * The common table expressions that queue mails again. A one-time token of an account gets its full lifetime again. The
 * mails of a revoked, accepted or renewed invite are already deleted, so for an invite only its expiry is checked.
 */
const queueAgain = (chosen: string): string => `
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
  WITH ${queueAgain("mail.id = $1")}
  SELECT CASE WHEN status = 'pending' THEN 'pending' WHEN used THEN 'used' WHEN expired THEN 'expired' ELSE 'queued' END AS outcome FROM chosen`;

const RESEND_DEAD = `
  WITH ${queueAgain("mail.status = 'dead'")}
  SELECT count(*)::integer AS queued FROM queued`;

const DELETE_OLD = `
  DELETE FROM mail_outbox
   WHERE (status = 'sent' AND sent_at < now() - interval '30 days')
      OR (status = 'dead' AND next_attempt_at < now() - interval '30 days')`;

// Deleting a token deletes its mail, so a token with an unsent mail is kept: the operator must see that mail.
const DELETE_EXPIRED = `
  DELETE FROM one_time_tokens AS token
   WHERE expires_at <= now() AND NOT EXISTS (
     SELECT FROM mail_outbox AS mail WHERE mail.one_time_token_id = token.id AND mail.status <> 'sent'
   )`;
