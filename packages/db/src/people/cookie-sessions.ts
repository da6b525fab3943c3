// Changes of cookie sessions. Each is one statement and uses the database's clock, as those of bearer sessions (sessions.ts).
import { sharedStatementRunner, statementRunner } from "../scope/run-statement.ts";
import type { PoolSource } from "../scope/scoped-connection.ts";
import {
  findCookieSessionWithPrefetch,
  findSession,
  type PrefetchRequest,
  type SessionQuery,
  type SessionRecord,
} from "./session-lookup.ts";
import {
  insertSql,
  insertValues,
  seconds,
  type AccountEvent,
  type Device,
  type NewSession,
} from "./sessions.ts";

/** Cookie sessions. `SessionStore` extends and ends the sessions of both modes. */
export interface CookieSessionStore {
  /** Creates a session and its account event, unless the password has changed. The event has the session's IP and user agent. */
  insert(session: NewSession, event: AccountEvent): Promise<void>;
  /** @param prefetch a query to run in the same round trip. Pass it only for a token with a valid checksum */
  find(session: SessionQuery, prefetch?: PrefetchRequest): Promise<SessionRecord | null>;
  /**
   * Moves the session to the next generation and extends it.
   * @returns the new expiry; null when the generation is no longer current or the session ended
   */
  rotate(id: string, generation: number, idleSeconds: number, device: Device): Promise<Date | null>;
  /** Notes that the token of an unused generation is given again. Nothing changes if the session changed since it was read. */
  giveAgain(id: string, read: Pick<SessionRecord["session"], "generation" | "rotatedAt">): Promise<void>;
  /** Records the first use of the generation's token. */
  confirm(id: string, generation: number): Promise<void>;
}

export function cookieSessionStore(source: PoolSource): CookieSessionStore {
  const statement = statementRunner(source);
  const quickly = sharedStatementRunner(source);
  return {
    insert: async (session, event) => {
      await statement("cookie_session_insert", insertSql("cookie"), insertValues(session, event));
    },
    find: (session, prefetch) =>
      prefetch && !source.distributed
        ? findCookieSessionWithPrefetch(source, session, prefetch)
        : findSession(quickly, "cookie", session),
    rotate: async (id, generation, idleSeconds, { ip, userAgent }) => {
      const values = [id, generation, idleSeconds, ip, userAgent];
      const { rows } = await statement<{ expires_at: Date }>("cookie_session_rotate", ROTATE, values);
      return rows[0]?.expires_at ?? null;
    },
    giveAgain: async (id, { generation, rotatedAt }) => {
      await statement("cookie_session_give_again", GIVE_AGAIN, [id, generation, rotatedAt]);
    },
    confirm: async (id, generation) => {
      await statement("cookie_session_confirm", CONFIRM, [id, generation]);
    },
  };
}

const ROTATE = `
  UPDATE sessions
     SET generation = generation + 1, confirmed_at = NULL, rotated_at = now(), last_used_at = now(),
         ip = $4, user_agent = $5, expires_at = least(now() + ${seconds("$3")}, absolute_expires_at)
   WHERE id = $1 AND generation = $2 AND mode = 'cookie' AND expires_at > now()
  RETURNING expires_at`;

const GIVE_AGAIN = `
  UPDATE sessions SET rotated_at = now()
   WHERE id = $1 AND generation = $2 AND rotated_at = $3 AND mode = 'cookie' AND confirmed_at IS NULL`;

const CONFIRM = `
  UPDATE sessions SET confirmed_at = now()
   WHERE id = $1 AND generation = $2 AND mode = 'cookie' AND confirmed_at IS NULL`;
