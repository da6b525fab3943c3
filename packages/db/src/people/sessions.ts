// Session changes. Each is one statement and uses the database's clock. The row is locked only while the statement runs, and
// a statement that waits for the lock holds no other lock.
import { keepAfterEvent, type ClaimWithAnswer } from "../scope/claim.ts";
import { sharedStatementRunner, statementRunner } from "../scope/run-statement.ts";
import type { PreparedStatement } from "../connection/one-trip.ts";
import type { PoolSource } from "../scope/scoped-connection.ts";
import {
  findSession,
  findSessionWithPrefetch,
  type SessionMode,
  type SessionPrefetch,
  type SessionRecord,
} from "./session-lookup.ts";

export interface Device {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

export interface NewSession {
  readonly id: string;
  readonly userId: string;
  /** The password hash that was just verified. */
  readonly passwordHash: string;
  readonly salt: Uint8Array;
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
}

/** An account event. It is inserted by the statement that makes the change. */
export interface AccountEvent extends Device {
  readonly id: string;
  readonly action: string;
  readonly requestId: string | null;
}

/** The generation of a session when it was read. */
type ReadGeneration = Pick<SessionRecord["session"], "generation" | "rotatedAt">;

/** Bearer sessions. `slide`, `end` and `deleteExpired` apply to sessions of both modes. */
export interface SessionStore {
  /** Creates a session and its account event, unless the password has changed. The event has the session's IP and user agent. */
  insert(session: NewSession, event: AccountEvent): Promise<void>;
  /** @param prefetch a query to run in the same round trip. Pass it only for a token with a valid checksum */
  find(id: string, workspaceId: string | null, prefetch?: SessionPrefetch): Promise<SessionRecord | null>;
  /** Sets the expiry to `idleSeconds` from now, but not beyond the absolute expiry. @returns the new expiry */
  slide(id: string, idleSeconds: number): Promise<Date | null>;
  /** Moves the session to the next generation. @returns false when the generation is no longer current or the session ended */
  rotate(id: string, generation: number, idleSeconds: number, device: Device): Promise<boolean>;
  /** Restarts the grace window of an unconfirmed generation. @returns false when the session has changed since it was read */
  renew(id: string, read: ReadGeneration): Promise<boolean>;
  /** Records that a token of the generation was used. */
  confirm(id: string, generation: number): Promise<void>;
  /**
   * Ends the session and inserts the event, and the idempotency key `keep`, if the session exists.
   * @returns whether the session existed
   */
  end(id: string, event: AccountEvent | null, keep?: ClaimWithAnswer): Promise<boolean>;
  deleteExpired(): Promise<void>;
}

/** The sessions of a pool. It is a class, because each request creates one. */
export class PooledSessionStore implements SessionStore {
  readonly #source: PoolSource;

  constructor(source: PoolSource) {
    this.#source = source;
  }

  find(id: string, workspaceId: string | null, prefetch?: SessionPrefetch): Promise<SessionRecord | null> {
    return prefetch && !this.#source.distributed
      ? findSessionWithPrefetch(this.#source, { sessionId: id, workspaceId }, prefetch)
      : findSession(sharedStatementRunner(this.#source), "bearer", { sessionId: id, workspaceId });
  }

  async insert(session: NewSession, event: AccountEvent): Promise<void> {
    await this.#run("session_insert", insertSql("bearer"), insertValues(session, event));
  }

  async slide(id: string, idleSeconds: number): Promise<Date | null> {
    const run = statementRunner(this.#source);
    const { rows } = await run<{ expires_at: Date }>("session_slide", SLIDE, [id, idleSeconds]);
    return rows[0]?.expires_at ?? null;
  }

  async rotate(id: string, generation: number, idleSeconds: number, device: Device): Promise<boolean> {
    const values = [id, generation, idleSeconds, device.ip, device.userAgent];
    return (await this.#run("session_rotate", ROTATE, values)) === 1;
  }

  async renew(id: string, { generation, rotatedAt }: ReadGeneration): Promise<boolean> {
    return (await this.#run("session_renew", RENEW, [id, generation, rotatedAt])) === 1;
  }

  async confirm(id: string, generation: number): Promise<void> {
    await this.#run("session_confirm", CONFIRM, [id, generation]);
  }

  async end(id: string, event: AccountEvent | null, keep?: ClaimWithAnswer): Promise<boolean> {
    if (event === null) return (await this.#run("session_delete", DELETE, [id])) === 1;
    const values = [id, event.id, event.action, event.requestId, event.ip, event.userAgent];
    return (await this.#run("session_end", END, values, keep && keepAfterEvent(keep, event.id))) === 1;
  }

  async deleteExpired(): Promise<void> {
    await this.#run("session_expired", "DELETE FROM sessions WHERE expires_at <= now()", []);
  }

  /** @returns the number of changed rows */
  async #run(name: string, text: string, values: unknown[], after?: PreparedStatement): Promise<number> {
    return (await statementRunner(this.#source)(name, text, values, undefined, after)).rowCount ?? 0;
  }
}

/** The interval of a parameter in seconds. */
export const seconds = (parameter: string) => `make_interval(secs => ${parameter}::double precision)`;

/** @returns the values of `insertSql` */
export const insertValues = (
  { id, userId, passwordHash, salt, idleSeconds, absoluteSeconds }: NewSession,
  { id: eventId, ip, userAgent, action, requestId }: AccountEvent,
): unknown[] => [
  id,
  userId,
  salt,
  ip,
  userAgent,
  idleSeconds,
  absoluteSeconds,
  eventId,
  action,
  requestId,
  passwordHash,
];

/** Inserts a session and its event, unless the password has changed. A new cookie has no predecessor, so it is confirmed. */
export const insertSql = (mode: SessionMode): string => `
  WITH person AS (
    SELECT id FROM users WHERE id = $2 AND password_hash = $11 FOR SHARE
  ), started AS (
    INSERT INTO sessions (id, user_id, mode, confirmed_at, salt, ip, user_agent, expires_at, absolute_expires_at)
    SELECT $1::uuid, person.id, '${mode}', ${mode === "cookie" ? "now()" : "NULL"}, $3::bytea, $4::text, $5::text,
           now() + least(${seconds("$6")}, ${seconds("$7")}), now() + ${seconds("$7")}
      FROM person
    RETURNING id, user_id, ip, user_agent
  )
  INSERT INTO account_events (id, user_id, action, outcome, session_id, request_id, ip, user_agent)
  SELECT $8::uuid, user_id, $9::text, 'ok', id, $10::text, ip, user_agent FROM started`;

const SLIDE = `
  UPDATE sessions SET expires_at = least(now() + ${seconds("$2")}, absolute_expires_at)
   WHERE id = $1 AND expires_at > now()
  RETURNING expires_at`;

const ROTATE = `
  UPDATE sessions
     SET generation = generation + 1, confirmed = false, rotated_at = now(), last_used_at = now(),
         ip = $4, user_agent = $5, expires_at = least(now() + ${seconds("$3")}, absolute_expires_at)
   WHERE id = $1 AND generation = $2 AND expires_at > now()`;

const RENEW = `
  UPDATE sessions SET rotated_at = now()
   WHERE id = $1 AND generation = $2 AND rotated_at = $3 AND NOT confirmed AND expires_at > now()`;

const CONFIRM = "UPDATE sessions SET confirmed = true WHERE id = $1 AND generation = $2 AND NOT confirmed";

const DELETE = "DELETE FROM sessions WHERE id = $1";

const END = `
  WITH ended AS (DELETE FROM sessions WHERE id = $1 RETURNING id, user_id)
  INSERT INTO account_events (id, user_id, action, outcome, session_id, request_id, ip, user_agent)
  SELECT $2, user_id, $3, 'ok', id, $4, $5, $6 FROM ended`;
