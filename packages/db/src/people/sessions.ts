// Session changes. Each is one statement and uses the database's clock. The row is locked only while the statement runs, and
// a statement that waits for the lock holds no other lock.
import { sharedStatementRunner, statementRunner } from "../scope/run-statement.ts";
import type { PoolSource } from "../scope/scoped-connection.ts";
import {
  findSession,
  findSessionWithPrefetch,
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
  renew(id: string, read: Pick<SessionRecord["session"], "generation" | "rotatedAt">): Promise<boolean>;
  /** Records that a token of the generation was used. */
  confirm(id: string, generation: number): Promise<void>;
  /** Ends the session and inserts the event, if the session exists. @returns whether the session existed */
  end(id: string, event: AccountEvent | null): Promise<boolean>;
  deleteExpired(): Promise<void>;
}

export function sessionStore(source: PoolSource): SessionStore {
  const statement = statementRunner(source);
  const quickly = sharedStatementRunner(source);
  const run = async (name: string, text: string, values: unknown[]): Promise<number> =>
    (await statement(name, text, values)).rowCount ?? 0;
  return {
    find: (id, workspaceId, prefetch) =>
      prefetch
        ? findSessionWithPrefetch(source, { sessionId: id, workspaceId }, prefetch)
        : findSession(quickly, id, workspaceId),
    insert: async ({ id, userId, passwordHash, salt, idleSeconds, absoluteSeconds }, event) => {
      const { ip, userAgent, action, requestId } = event;
      const values = [
        id,
        userId,
        salt,
        ip,
        userAgent,
        idleSeconds,
        absoluteSeconds,
        event.id,
        action,
        requestId,
        passwordHash,
      ];
      await run("session_insert", INSERT, values);
    },
    slide: async (id, idleSeconds) => {
      const { rows } = await statement<{ expires_at: Date }>("session_slide", SLIDE, [id, idleSeconds]);
      return rows[0]?.expires_at ?? null;
    },
    rotate: async (id, generation, idleSeconds, { ip, userAgent }) =>
      (await run("session_rotate", ROTATE, [id, generation, idleSeconds, ip, userAgent])) === 1,
    renew: async (id, { generation, rotatedAt }) =>
      (await run("session_renew", RENEW, [id, generation, rotatedAt])) === 1,
    confirm: async (id, generation) => {
      await run("session_confirm", CONFIRM, [id, generation]);
    },
    end: async (id, event) => {
      if (event === null) return (await run("session_delete", DELETE, [id])) === 1;
      const values = [id, event.id, event.action, event.requestId, event.ip, event.userAgent];
      return (await run("session_end", END, values)) === 1;
    },
    deleteExpired: async () => {
      await run("session_expired", "DELETE FROM sessions WHERE expires_at <= now()", []);
    },
  };
}

const seconds = (parameter: string) => `make_interval(secs => ${parameter}::double precision)`;

const INSERT = `
  WITH person AS (
    SELECT id FROM users WHERE id = $2 AND password_hash = $11 FOR SHARE
  ), started AS (
    INSERT INTO sessions (id, user_id, salt, ip, user_agent, expires_at, absolute_expires_at)
    SELECT $1::uuid, person.id, $3::bytea, $4::text, $5::text,
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
