// Lucia's view of the sessions table. What Lucia calls the session's id is the bearer's access token on the way in,
// and the row's public id on the way out. The token's check is compared before the database is asked, and its code, in
// constant time, before Lucia may slide or end anything. Lucia reads the process's clock; the times given to it are shifted so that the database's clock decides.
import type { AccountEvent, PrefetchRequest, SessionRecord, SessionStore } from "@projostack/db";
import type { Adapter, DatabaseSession, DatabaseUser } from "lucia";
import type { KeyRing } from "../key-ring.ts";
import { cameWithLostReply } from "./refresh-rule.ts";
import { ABSOLUTE_SECONDS, ACCESS_SECONDS, IDLE_SECONDS } from "../tokens/session-lifetime.ts";
import { tokenStatusOf, type TokenForms } from "../tokens/token-forms.ts";
import { parseAccessToken, type AccessClaims, type Unproven } from "../tokens/tokens.ts";

/** What a new session is made of, beside what Lucia knows. */
export interface NewSessionFacts {
  readonly salt: Uint8Array;
  readonly passwordHash: string;
  /** Goes on record with it, and says from where. */
  readonly event: AccountEvent;
}

interface LuciaAdapterDeps {
  readonly store: SessionStore;
  readonly keys: KeyRing;
  readonly forms: TokenForms;
  readonly workspaceId: string | null;
  readonly prefetch?: PrefetchRequest;
  readonly facts?: NewSessionFacts;
}

export class LuciaAdapter implements Adapter {
  readonly #deps: LuciaAdapterDeps;
  /** The whole record behind the last session found: Lucia passes on its own part alone. */
  found: SessionRecord | null = null;

  constructor(deps: LuciaAdapterDeps) {
    this.#deps = deps;
  }

  async getSessionAndUser(token: string): Promise<[DatabaseSession | null, DatabaseUser | null]> {
    const { store, keys } = this.#deps;
    const parsed = parseAccessToken(token);
    const record = parsed && (await this.#genuineRecord(parsed));
    if (!parsed || !record || !parsed.isGenuine(keys, record.session.salt)) return [null, null];
    const { generation, expiresAtSeconds } = parsed.claims;
    const expired = expiresAtSeconds * 1000 <= record.databaseNow.getTime();
    // A generation that the session has not reached was made before a backup was restored.
    if (expired || generation > record.session.generation) return [null, null];
    if (generation === record.session.generation) {
      const madeAtSeconds = expiresAtSeconds - ACCESS_SECONDS;
      if (cameWithLostReply(madeAtSeconds, record.session.rotatedAt.getTime() / 1000)) return [null, null];
      if (!record.session.confirmed) await store.confirm(record.session.id, generation);
    }
    this.found = record;
    const left = record.session.expiresAt.getTime() - record.databaseNow.getTime();
    const expiresAt = new Date(Date.now() + left);
    return [
      { id: record.session.id, userId: record.user.id, expiresAt, attributes: {} },
      { id: record.user.id, attributes: {} },
    ];
  }

  /** The record behind a token; null for a token that this server did not make, which costs no trip. */
  async #genuineRecord(token: Unproven<AccessClaims>): Promise<SessionRecord | null> {
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
        // No workspace is looked at before the code has been compared, not even for a membership.
        const record = await store.find(sessionId, null);
        if (workspaceId === null || !record || !token.isGenuine(keys, record.session.salt)) return record;
        return store.find(sessionId, workspaceId);
      }
    }
  }

  async setSession({ id, userId }: DatabaseSession): Promise<void> {
    const { store, facts } = this.#deps;
    if (!facts) throw new TypeError("A session is made with its salt and device.");
    const lifetime = { idleSeconds: IDLE_SECONDS, absoluteSeconds: ABSOLUTE_SECONDS };
    const { salt, passwordHash, event } = facts;
    await store.insert({ id, userId, salt, passwordHash, ...lifetime }, event);
  }

  async updateSessionExpiration(id: string): Promise<void> {
    if (!this.found) return;
    const { session } = this.found;
    // At its absolute end there is nothing more to give.
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
    throw new Error("A person's sessions are listed by the sessions feature, page by page.");
  }

  async deleteUserSessions(): Promise<void> {
    throw new Error("A person's sessions are ended by the sessions feature, which records it.");
  }
}
