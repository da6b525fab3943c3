// Manages cookie sessions: a browser holds one token in a cookie that scripts cannot read, and the server replaces it
// (cookie-rule.ts). Lucia validates, extends and ends them, like bearer sessions (sessions.ts).
import type { AccountEvent, Db, SessionRecord } from "@projostack/db";
import { formatCookieToken, parseCookieToken } from "../tokens/tokens.ts";
import { ABSOLUTE_SECONDS, IDLE_SECONDS } from "../tokens/session-lifetime.ts";
import { CookieAdapter, type CookieUse } from "./cookie-adapter.ts";
import { lucia, type Account, type SessionDeps } from "./sessions.ts";

/** The value of the session cookie, and how long the browser keeps it. */
export interface CookieToken {
  readonly token: string;
  /** The time to the absolute expiry of the session. */
  readonly maxAgeSeconds: number;
}

export interface StartedByCookie {
  readonly user: SessionRecord["user"];
  readonly session: SessionRecord["session"];
  readonly cookie: CookieToken;
}

export type FoundByCookie =
  | {
      readonly outcome: "found";
      readonly record: SessionRecord;
      /** The cookie that the answer sets; null to keep the present one. */
      readonly successor: CookieToken | null;
    }
  /** The token is not genuine, or its session has ended. Nothing was changed. */
  | { readonly outcome: "unknown" }
  /** An old cookie was used after its successor. The session was ended, and this was recorded. */
  | { readonly outcome: "reused"; readonly sessionId: string; readonly userId: string }
  /** The token's generation is above the session's. */
  | { readonly outcome: "ahead"; readonly sessionId: string };

export interface CookieSessions {
  /** Signs an account in and records it; null when the password has changed since it was verified. */
  start(account: Account, event: AccountEvent): Promise<StartedByCookie | null>;
  /** Finds the session of a cookie with its user, membership and prefetched rows, and replaces the cookie if it is due. */
  find(token: string, use: CookieUse): Promise<FoundByCookie>;
  /** The session id of a cookie that this server issued, by its check only. The session may have ended. */
  issuedTo(token: string): string | null;
  /** Finds the session id of a genuine cookie, of any generation. */
  sessionIdOf(token: string): Promise<string | null>;
  /** The same sessions over another client of the same database, such as that of one request. */
  over(db: Db): CookieSessions;
}

export function createCookieSessions(db: Db, { keys, forms, randomness }: SessionDeps): CookieSessions {
  const { sessions: store, cookieSessions: cookies } = db;
  const tokenFor = ({ session, databaseNow }: SessionRecord, generation: number): CookieToken => ({
    token: formatCookieToken(keys, session.salt, { sessionId: session.id, generation }),
    maxAgeSeconds: Math.max(
      1,
      Math.floor((session.absoluteExpiresAt.getTime() - databaseNow.getTime()) / 1000),
    ),
  });
  return {
    start: async ({ id: userId, passwordHash }, event) => {
      const id = randomness.newId();
      const lifetime = { idleSeconds: IDLE_SECONDS, absoluteSeconds: ABSOLUTE_SECONDS };
      await cookies.insert({ id, userId, passwordHash, salt: randomness.bytes(32), ...lifetime }, event);
      const record = await cookies.find({ sessionId: id, workspaceId: null });
      if (!record) return null;
      return {
        user: record.user,
        session: record.session,
        cookie: tokenFor(record, record.session.generation),
      };
    },
    find: async (token, use) => {
      const { workspaceId } = use;
      const adapter = new CookieAdapter({ store, cookies, keys, forms, workspaceId, use });
      const { session } = await lucia(adapter).validateSession(token);
      const { found, outcome } = adapter;
      if (outcome.kind === "reused")
        return { outcome: "reused", sessionId: outcome.sessionId, userId: outcome.userId };
      if (outcome.kind === "ahead") return { outcome: "ahead", sessionId: outcome.sessionId };
      if (!session || !found || outcome.kind !== "found") return { outcome: "unknown" };
      const { successor } = outcome;
      return {
        outcome: "found",
        record: found,
        successor: successor === null ? null : tokenFor(found, successor),
      };
    },
    issuedTo: (token) => {
      const parsed = parseCookieToken(token);
      return parsed?.isIssued(keys) ? parsed.claims.sessionId : null;
    },
    sessionIdOf: async (token) => {
      const parsed = parseCookieToken(token);
      if (!parsed?.isIssued(keys)) return null;
      const record = await cookies.find({ sessionId: parsed.claims.sessionId, workspaceId: null });
      return record && parsed.isGenuine(keys, record.session.salt) ? record.session.id : null;
    },
    over: (other) => createCookieSessions(other, { keys, forms, randomness }),
  };
}
