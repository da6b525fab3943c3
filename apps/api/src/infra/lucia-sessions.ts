// Lucia keeps a session's life (make, validate, slide, end) over the adapter below, which stores a hash of the
// secret and compares it in constant time before Lucia may slide or end anything. Lucia is no longer developed:
// nothing outside this file knows of it (docs/decisions/lucia-behind-one-file.md).
import { timingSafeEqual } from "node:crypto";
import type { Db, SessionRecord } from "@projostack/db";
import { Lucia, TimeSpan, type Adapter, type DatabaseSession, type DatabaseUser } from "lucia";
import { formatAccessToken, hashSecret, parseAccessToken } from "./access-token.ts";
import type { Randomness } from "./randomness.ts";

declare module "lucia" {
  interface Register {
    Lucia: Lucia;
    DatabaseSessionAttributes: object;
    DatabaseUserAttributes: object;
  }
}

export interface StartedSession {
  readonly accessToken: string;
  readonly session: SessionRecord["session"];
}

export interface Sessions {
  /** Signs a user in. The token is in no other place afterwards. */
  start(userId: string): Promise<StartedSession>;
  /** The session of a token, its user, and their place in the workspace; null when the token is not valid. */
  find(token: string, workspaceId: string | null): Promise<SessionRecord | null>;
  /** Ends the session of a valid token. */
  end(token: string): Promise<void>;
}

const IDLE = new TimeSpan(14, "d");

export function createSessions(db: Db, randomness: Randomness): Sessions {
  const validate = async (token: string, workspaceId: string | null): Promise<SessionRecord | null> => {
    const adapter = new HashedSessions(db, workspaceId);
    const { session } = await new Lucia(adapter, { sessionExpiresIn: IDLE }).validateSession(token);
    if (!session || !adapter.found) return null;
    return { ...adapter.found, session: { ...adapter.found.session, expiresAt: session.expiresAt } };
  };
  return {
    start: async (userId) => {
      const token = formatAccessToken({ sessionId: randomness.newId(), secret: randomness.bytes(32) });
      const lucia = new Lucia(new HashedSessions(db, null), { sessionExpiresIn: IDLE });
      await lucia.createSession(userId, {}, { sessionId: token });
      const record = await validate(token, null);
      if (!record) throw new Error("A session that was just made is not there.");
      return { accessToken: token, session: record.session };
    },
    find: validate,
    end: async (token) => {
      const record = await validate(token, null);
      if (record) await new Lucia(new HashedSessions(db, null)).invalidateSession(record.session.id);
    },
  };
}

/** What Lucia calls the session's id is the bearer's token on the way in, and the row's public id on the way out. */
class HashedSessions implements Adapter {
  readonly #db: Db;
  readonly #workspaceId: string | null;
  /** The whole record behind the last session found: Lucia passes on its own part alone. */
  found: SessionRecord | null = null;

  constructor(db: Db, workspaceId: string | null) {
    this.#db = db;
    this.#workspaceId = workspaceId;
  }

  async getSessionAndUser(token: string): Promise<[DatabaseSession | null, DatabaseUser | null]> {
    const parsed = parseAccessToken(token);
    if (!parsed) return [null, null];
    const record = await this.#db.findSession(parsed.sessionId, this.#workspaceId);
    if (!record || !timingSafeEqual(hashSecret(parsed.secret), record.session.secretHash))
      return [null, null];
    this.found = record;
    const { id, expiresAt } = record.session;
    return [
      { id, userId: record.user.id, expiresAt, attributes: {} },
      { id: record.user.id, attributes: {} },
    ];
  }

  async getUserSessions(userId: string): Promise<DatabaseSession[]> {
    const rows = await this.#db.system.session.findMany({ where: { userId } });
    return rows.map(({ id, expiresAt }) => ({ id, userId, expiresAt, attributes: {} }));
  }

  async setSession({ id: token, userId, expiresAt }: DatabaseSession): Promise<void> {
    const parsed = parseAccessToken(token);
    if (!parsed) throw new TypeError("A session is made for a token.");
    const secretHash = Uint8Array.from(hashSecret(parsed.secret));
    await this.#db.system.session.create({ data: { id: parsed.sessionId, userId, secretHash, expiresAt } });
  }

  async updateSessionExpiration(id: string, expiresAt: Date): Promise<void> {
    await this.#db.system.session.updateMany({ where: { id }, data: { expiresAt } });
  }

  async deleteSession(id: string): Promise<void> {
    await this.#db.system.session.deleteMany({ where: { id } });
  }

  async deleteUserSessions(userId: string): Promise<void> {
    await this.#db.system.session.deleteMany({ where: { userId } });
  }

  async deleteExpiredSessions(): Promise<void> {
    await this.#db.system.session.deleteMany({ where: { expiresAt: { lte: new Date() } } });
  }
}
