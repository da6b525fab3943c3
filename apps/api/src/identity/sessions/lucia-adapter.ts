// Adapts the sessions table to Lucia. The session id that Lucia passes in is the access token, and the id that it gets back
// is the id of the row. The token's check is compared before the database is queried, and its MAC is compared, in constant
// time, before Lucia may extend or end a session. Lucia uses the clock of the process, so the adapter shifts the times that
// it returns: the clock of the database decides.
import type { AccountEvent, PrefetchRequest, SessionRecord, SessionStore } from "@projostack/db";
import type { Adapter, DatabaseSession, DatabaseUser } from "lucia";
import type { KeyRing } from "../key-ring.ts";
import { belongsToLostReply } from "./refresh-rule.ts";
import { ABSOLUTE_SECONDS, ACCESS_SECONDS, IDLE_SECONDS } from "../tokens/session-lifetime.ts";
import { tokenStatusOf, type TokenForms } from "../tokens/token-forms.ts";
import { parseAccessToken, type AccessClaims, type UnverifiedToken } from "../tokens/tokens.ts";

/** The properties of a new session that Lucia does not know. */
export interface NewSessionFacts {
  readonly salt: Uint8Array;
  readonly passwordHash: string;
  /** The event that is recorded with the session, with the device of the request. */
  readonly event: AccountEvent;
}

export interface LuciaAdapterDeps {
  readonly store: SessionStore;
  readonly keys: KeyRing;
  readonly forms: TokenForms;
  readonly workspaceId: string | null;
  readonly prefetch?: PrefetchRequest;
  readonly facts?: NewSessionFacts;
}

export class LuciaAdapter implements Adapter {
  readonly #deps: LuciaAdapterDeps;
  /** The record of the session that was found last. Lucia returns only a part of it. */
  found: SessionRecord | null = null;

  constructor(deps: LuciaAdapterDeps) {
    this.#deps = deps;
  }

  async getSessionAndUser(token: string): Promise<[DatabaseSession | null, DatabaseUser | null]> {
    const { store, keys } = this.#deps;
    const parsed = parseAccessToken(token);
    const record = parsed && (await this.#findGenuineRecord(parsed));
    if (!parsed || !record || !parsed.isGenuine(keys, record.session.salt)) return [null, null];
    const { generation, expiresAtSeconds } = parsed.claims;
    const expired = expiresAtSeconds * 1000 <= record.databaseNow.getTime();
    // A generation above the session's was issued before a backup was restored.
    if (expired || generation > record.session.generation) return [null, null];
    if (generation === record.session.generation) {
      const madeAtSeconds = expiresAtSeconds - ACCESS_SECONDS;
      if (belongsToLostReply(madeAtSeconds, record.session.rotatedAt.getTime() / 1000)) return [null, null];
      if (!record.session.confirmed) await store.confirm(record.session.id, generation);
    }
    this.found = record;
    return this.forLucia(record);
  }

  /** Converts a record, with its expiry by the clock of the process. */
  protected forLucia({ session, user, databaseNow }: SessionRecord): [DatabaseSession, DatabaseUser] {
    const left = session.expiresAt.getTime() - databaseNow.getTime();
    const expiresAt = new Date(Date.now() + left);
    return [
      { id: session.id, userId: user.id, expiresAt, attributes: {} },
      { id: user.id, attributes: {} },
    ];
  }

  /** Finds the record of a token; null, without a query, for a token that this server did not issue. */
  async #findGenuineRecord(token: UnverifiedToken<AccessClaims>): Promise<SessionRecord | null> {
    const { store, keys, forms, workspaceId, prefetch } = this.#deps;
    const { sessionId, expiresAtSeconds } = token.claims;
    switch (tokenStatusOf(token, "access", { keys, forms })) {
      case "forged":
        return null;
      case "issued":
        return store.find(
          sessionId,
          workspaceId,
          prefetch && { ...prefetch, tokenEndsAtSeconds: expiresAtSeconds },
        );
      case "unknown": {
        // The workspace is queried only after the MAC has been compared, also for the membership.
        const record = await store.find(sessionId, null);
        if (workspaceId === null || !record || !token.isGenuine(keys, record.session.salt)) return record;
        return store.find(sessionId, workspaceId);
      }
    }
  }

  async setSession({ id, userId }: DatabaseSession): Promise<void> {
    const { store, facts } = this.#deps;
    if (!facts) throw new TypeError("A new session needs a salt, a password hash and an event.");
    const lifetime = { idleSeconds: IDLE_SECONDS, absoluteSeconds: ABSOLUTE_SECONDS };
    const { salt, passwordHash, event } = facts;
    await store.insert({ id, userId, salt, passwordHash, ...lifetime }, event);
  }

  async updateSessionExpiration(id: string): Promise<void> {
    if (!this.found) return;
    const { session } = this.found;
    // The session already lasts until its absolute expiry.
    if (session.expiresAt.getTime() === session.absoluteExpiresAt.getTime()) return;
    const expiresAt = await this.#deps.store.slide(id, IDLE_SECONDS);
    if (expiresAt) this.found = { ...this.found, session: { ...session, expiresAt } };
  }

  async deleteSession(id: string): Promise<void> {
    await this.#deps.store.end(id, null);
  }

  async deleteExpiredSessions(): Promise<void> {
    await this.#deps.store.deleteExpired();
  }

  async getUserSessions(): Promise<DatabaseSession[]> {
    throw new Error("The sessions feature lists the sessions of a user, page by page.");
  }

  async deleteUserSessions(): Promise<void> {
    throw new Error("The sessions feature ends the sessions of a user and records it.");
  }
}
