// Account changes. Each is one statement and uses the database's clock: the change, the mail that it queues and the account
// event commit together or not at all.
import { keepAfterEvent, type ClaimWithAnswer } from "../scope/claim.ts";
import type { Lock, RunStatement } from "../scope/run-statement.ts";
import type { PreparedStatement } from "../connection/one-trip.ts";
import { notice, NOTICES } from "./account-notice.ts";
import type { AccountEvent } from "./sessions.ts";

export type Purpose = "email.verify" | "password.reset";

/** A one-time token, and the mail that delivers it. */
export interface NewOneTimeToken {
  readonly id: string;
  readonly purpose: Purpose;
  /** 32 random bytes. */
  readonly salt: Uint8Array;
  /** How long the token is valid. */
  readonly seconds: number;
  readonly mailId: string;
  /** The template of the mail. */
  readonly template: string;
}

export interface NewAccount {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
}

export interface OneTimeTokenRecord {
  readonly userId: string;
  readonly salt: Uint8Array;
}

/** Account changes. A change that is made inserts the idempotency key `keep` with its answer, if one is given. */
export interface AccountStore {
  /**
   * Creates the account, its first token and the mail.
   * @throws an error of the constraint users_email_key when the email address is taken
   */
  insert(account: NewAccount, token: NewOneTimeToken, event: AccountEvent, keep?: Keep): Promise<void>;
  /** Creates a token and its mail. It deletes the user's earlier tokens for the same purpose. */
  insertToken(userId: string, token: NewOneTimeToken, event: AccountEvent, keep?: Keep): Promise<void>;
  /** @returns the token, or null when it is unknown, used or expired */
  findToken(id: string, purpose: Purpose): Promise<OneTimeTokenRecord | null>;
  /** Marks the token as used and verifies the address. @returns false when the token is used or expired */
  verifyEmail(tokenId: string, event: AccountEvent, keep?: Keep): Promise<boolean>;
  /**
   * Verifies the user's address, because the user presented a token that was mailed to it. The verification links no longer
   * work. @returns false when the account has another address
   */
  verifyAddress(userId: string, email: string, event: AccountEvent): Promise<boolean>;
  /** Marks the token as used, sets the password, ends every session and mails a notice. @returns false when the token is used or expired */
  resetPassword(tokenId: string, passwordHash: string, event: AccountEvent, keep?: Keep): Promise<boolean>;
  /** Replaces the password hash, ends the other sessions and mails a notice. @returns false when the hash is no longer `from` */
  changePassword(change: PasswordChange, event: AccountEvent, keep?: Keep): Promise<boolean>;
  /** Replaces the hash of an unchanged password by one with newer parameters. */
  upgradeHash(userId: string, from: string, to: string): Promise<void>;
  /** Ends every session of a user. @returns the number of ended sessions */
  endSessions(userId: string, event: AccountEvent): Promise<number>;
  /** Inserts an event without another change, such as a refused sign-in. */
  record(userId: string | null, outcome: "ok" | "refused", event: AccountEvent, keep?: Keep): Promise<void>;
}

type Keep = ClaimWithAnswer | undefined;

export interface PasswordChange {
  readonly userId: string;
  /** The password hash that was checked. */
  readonly from: string;
  /** The new password hash. */
  readonly to: string;
  /** The session that does not end. */
  readonly sessionId: string;
}

export function accountStore(run: RunStatement): AccountStore {
  const changed = async (
    name: string,
    text: string,
    values: unknown[],
    { lock, after }: { lock?: Lock; after?: PreparedStatement | undefined } = {},
  ): Promise<boolean> => ((await run(name, text, values, lock, after)).rowCount ?? 0) > 0;
  return {
    insert: async ({ id, email, passwordHash }, token, event, keep) => {
      const values = [id, email, passwordHash, ...ofToken(token), ...ofEvent(event)];
      await run("account_insert", INSERT, values, undefined, keeping(keep, event));
    },
    insertToken: async (userId, token, event, keep) => {
      const values = [userId, ...ofToken(token), ...ofEvent(event)];
      await run("token_insert", INSERT_TOKEN, values, undefined, keeping(keep, event));
    },
    findToken: async (id, purpose) => {
      const { rows } = await run<{ user_id: string; salt: Uint8Array }>("token_find", FIND_TOKEN, [
        id,
        purpose,
      ]);
      const [row] = rows;
      return row ? { userId: row.user_id, salt: row.salt } : null;
    },
    verifyEmail: (tokenId, event, keep) =>
      changed("email_verify", VERIFY, [tokenId, ...ofEvent(event)], { after: keeping(keep, event) }),
    verifyAddress: (userId, email, event) =>
      changed("address_verify", VERIFY_ADDRESS, [userId, email, ...ofEvent(event)]),
    resetPassword: (tokenId, passwordHash, event, keep) =>
      changed("password_reset", RESET, [tokenId, passwordHash, ...ofEvent(event)], {
        lock: { name: "lock_owner", text: LOCK_OWNER, values: [tokenId] },
        after: keeping(keep, event),
      }),
    changePassword: ({ userId, from, to, sessionId }, event, keep) =>
      changed("password_change", CHANGE, [userId, from, to, sessionId, ...ofEvent(event)], {
        lock: { name: "lock_user", text: LOCK_USER, values: [userId] },
        after: keeping(keep, event),
      }),
    upgradeHash: async (userId, from, to) => {
      await run("hash_upgrade", UPGRADE, [userId, from, to]);
    },
    endSessions: async (userId, event) => {
      const { rows } = await run<{ ended: number }>("sessions_end", END_ALL, [userId, ...ofEvent(event)]);
      return rows[0]?.ended ?? 0;
    },
    record: async (userId, outcome, event, keep) => {
      const values = [userId, outcome, ...ofEvent(event)];
      await run("event_insert", RECORD, values, undefined, keeping(keep, event));
    },
  };
}

const keeping = (keep: Keep, { id }: AccountEvent) => keep && keepAfterEvent(keep, id);

const ofToken = ({ id, purpose, salt, seconds, mailId, template }: NewOneTimeToken): unknown[] => [
  id,
  purpose,
  salt,
  seconds,
  mailId,
  template,
];

const ofEvent = ({ id, action, requestId, ip, userAgent }: AccountEvent): unknown[] => [
  id,
  action,
  requestId,
  ip,
  userAgent,
];

/** The columns and parameters of an event. Its first parameter has the number `from`. */
const event = (from: number): string => {
  const [id, action, ...rest] = [0, 1, 2, 3, 4].map((offset) => `$${from + offset}`);
  return `(id, action, request_id, ip, user_agent, outcome, user_id)
    SELECT ${id}::uuid, ${action}::text, ${rest.map((parameter) => `${parameter}::text`).join(", ")}`;
};

/** The parameters of a token. Its first parameter has the number `from`. */
const token = (from: number): string => {
  const [id, purpose, salt, seconds] = [0, 1, 2, 3].map((offset) => `$${from + offset}`);
  return `${id}::uuid, ${purpose}::text, ${salt}::bytea, now() + make_interval(secs => ${seconds}::double precision)`;
};

const INSERT = `
  WITH person AS (
    INSERT INTO users (id, email, password_hash) VALUES ($1, $2, $3) RETURNING id, email
  ), token AS (
    INSERT INTO one_time_tokens (user_id, id, purpose, salt, expires_at)
    SELECT person.id, ${token(4)} FROM person RETURNING id
  ), mail AS (
    INSERT INTO mail_outbox (id, template, recipient, one_time_token_id)
    SELECT $8::uuid, $9::text, person.email, token.id FROM person, token
  )
  INSERT INTO account_events ${event(10)}, 'ok', person.id FROM person`;

const INSERT_TOKEN = `
  WITH old AS (
    DELETE FROM one_time_tokens WHERE user_id = $1 AND purpose = $3 AND used_at IS NULL
  ), token AS (
    INSERT INTO one_time_tokens (user_id, id, purpose, salt, expires_at)
    SELECT $1::uuid, ${token(2)} RETURNING id
  ), mail AS (
    INSERT INTO mail_outbox (id, template, recipient, one_time_token_id)
    SELECT $6::uuid, $7::text, users.email, token.id FROM users, token WHERE users.id = $1
  )
  INSERT INTO account_events ${event(8)}, 'ok', $1::uuid`;

const FIND_TOKEN = `
  SELECT user_id, salt FROM one_time_tokens
   WHERE id = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now()`;

const use = (purpose: Purpose): string => `
  used AS (
    UPDATE one_time_tokens SET used_at = now()
     WHERE id = $1 AND purpose = '${purpose}' AND used_at IS NULL AND expires_at > now()
    RETURNING user_id
  )`;

const VERIFY = `
  WITH ${use("email.verify")}, person AS (
    UPDATE users SET email_verified_at = coalesce(email_verified_at, now()) FROM used
     WHERE users.id = used.user_id RETURNING users.id
  )
  INSERT INTO account_events ${event(2)}, 'ok', person.id FROM person`;

const VERIFY_ADDRESS = `
  WITH person AS (
    UPDATE users SET email_verified_at = coalesce(email_verified_at, now()) WHERE id = $1 AND email = $2 RETURNING id
  ), links AS (
    UPDATE one_time_tokens SET used_at = now() FROM person
     WHERE user_id = person.id AND purpose = 'email.verify' AND used_at IS NULL
  )
  INSERT INTO account_events ${event(3)}, 'ok', person.id FROM person`;

// A sign-in locks the user's row FOR SHARE and checks the password hash until its session is committed (sessions.ts). Because
// this lock is taken first, the next statement sees, and ends, every session that was created with the old password.
const LOCK_USER = "SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE";
const LOCK_OWNER = `
  SELECT FROM users WHERE id = (SELECT user_id FROM one_time_tokens WHERE one_time_tokens.id = $1)
     FOR NO KEY UPDATE`;

// The mailed token proves that the user reads the mailbox, so the reset verifies the address too.
const RESET = `
  WITH ${use("password.reset")}, person AS (
    UPDATE users SET password_hash = $2, email_verified_at = coalesce(email_verified_at, now()) FROM used
     WHERE users.id = used.user_id RETURNING users.id, email, email_verified_at
  ), ${notice("password.was_reset", "$6")}, ended AS (
    DELETE FROM sessions USING used WHERE sessions.user_id = used.user_id
  ), others AS (
    DELETE FROM one_time_tokens USING used
     WHERE one_time_tokens.user_id = used.user_id AND purpose = 'password.reset' AND one_time_tokens.id <> $1
  )
  INSERT INTO account_events ${event(3)}, 'ok', person.id FROM person, ${NOTICES}`;

const CHANGE = `
  WITH person AS (
    UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id, email, email_verified_at
  ), ${notice("password.changed", "$8")}, ended AS (
    DELETE FROM sessions USING person WHERE sessions.user_id = person.id AND sessions.id <> $4
  ), resets AS (
    DELETE FROM one_time_tokens USING person
     WHERE one_time_tokens.user_id = person.id AND purpose = 'password.reset'
  )
  INSERT INTO account_events ${event(5)}, 'ok', person.id FROM person, ${NOTICES}`;

const UPGRADE = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2";

const END_ALL = `
  WITH ended AS (
    DELETE FROM sessions WHERE user_id = $1 RETURNING id
  ), recorded AS (
    INSERT INTO account_events ${event(2)}, 'ok', $1::uuid
  )
  SELECT count(*)::integer AS ended FROM ended`;

const RECORD = `INSERT INTO account_events ${event(3)}, $2::text, $1::uuid`;
