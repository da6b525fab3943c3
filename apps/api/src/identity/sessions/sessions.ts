// Manages sessions: each sign-in creates one. Lucia creates, validates, extends and ends them. Lucia is no longer
// developed, so only this file and its adapter use it (docs/decisions/lucia-adapter.md).
import type {
  AccountEvent,
  ClaimWithAnswer,
  PrefetchRequest,
  Db,
  Device,
  SessionRecord,
  SessionStore,
} from "@projostack/db";
import { Lucia, TimeSpan } from "lucia";
import type { KeyRing } from "../key-ring.ts";
import { LuciaAdapter, type NewSessionFacts } from "./lucia-adapter.ts";
import type { Randomness } from "../../runtime/randomness.ts";
import { judgeRefresh } from "./refresh-rule.ts";
import { serializeByKey } from "../../runtime/serialize-by-key.ts";
import { ACCESS_SECONDS, IDLE_SECONDS } from "../tokens/session-lifetime.ts";
import { tokenStatusOf, type TokenForms } from "../tokens/token-forms.ts";
import {
  formatAccessToken,
  formatRefreshToken,
  parseAccessToken,
  parseRefreshToken,
} from "../tokens/tokens.ts";

declare module "lucia" {
  interface Register {
    Lucia: Lucia;
    DatabaseSessionAttributes: object;
    DatabaseUserAttributes: object;
  }
}

export interface Tokens {
  readonly session: SessionRecord["session"];
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
}

/** An account whose password was just verified. */
export interface Account {
  readonly id: string;
  readonly passwordHash: string;
}

export interface Started {
  readonly user: SessionRecord["user"];
  readonly tokens: Tokens;
}

export type Refreshed =
  | { readonly outcome: "fresh"; readonly tokens: Tokens }
  /** The token is not genuine, or its session has ended. Nothing was changed. */
  | { readonly outcome: "unknown" }
  /** An old token was used again. The session was ended, and this was recorded. */
  | { readonly outcome: "reused"; readonly sessionId: string; readonly userId: string }
  /** The token's generation is above the session's. */
  | { readonly outcome: "ahead"; readonly sessionId: string };

export interface Sessions {
  /** Signs an account in and records it; null when the password has changed since it was verified. */
  start(account: Account, event: AccountEvent): Promise<Started | null>;
  /**
   * Finds the session of an access token with its user, membership and prefetched rows; null when the token is not valid.
   */
  find(
    accessToken: string,
    workspaceId: string | null,
    prefetch?: PrefetchRequest,
  ): Promise<SessionRecord | null>;
  refresh(refreshToken: string, device: Device, reuse: AccountEvent): Promise<Refreshed>;
  /**
   * The session id of a token that this server issued, by its check only. The database is not queried, so the session may
   * have ended.
   */
  issuedTo(token: string): string | null;
  /** Finds the session id of a genuine access or refresh token, expired or not. */
  sessionIdOf(token: string): Promise<string | null>;
  /** Ends a session and records it. @returns whether the session existed */
  end(sessionId: string, event: AccountEvent, keep?: ClaimWithAnswer): Promise<boolean>;
  deleteExpired(): Promise<void>;
  /** The same sessions over another client of the same database, such as that of one request. */
  over(db: Db): Sessions;
}

/** A token is judged again each time another call changed the session first. More than twice in a row is not expected. */
const MAX_TRIES = 5;

export interface SessionDeps {
  readonly keys: KeyRing;
  readonly forms: TokenForms;
  readonly randomness: Randomness;
}

export const createSessions = (db: Db, deps: SessionDeps): Sessions =>
  new BearerSessions(db, { ...deps, serialize: serializeByKey() });

interface BearerDeps extends SessionDeps {
  /** Shared by all clients, so that concurrent refreshes of one session run one after another. */
  readonly serialize: ReturnType<typeof serializeByKey>;
}

/** It is a class, because each request creates one. */
class BearerSessions implements Sessions {
  readonly #deps: BearerDeps;
  readonly #store: SessionStore;

  constructor(db: Db, deps: BearerDeps) {
    this.#deps = deps;
    this.#store = db.sessions;
  }

  async start({ id: userId, passwordHash }: Account, event: AccountEvent): Promise<Started | null> {
    const { keys, forms, randomness } = this.#deps;
    const store = this.#store;
    const facts: NewSessionFacts = { salt: randomness.bytes(32), passwordHash, event };
    const adapter = new LuciaAdapter({ store, keys, forms, workspaceId: null, facts });
    const { id } = await lucia(adapter).createSession(userId, {}, { sessionId: randomness.newId() });
    const record = await store.find(id, null);
    return record && { user: record.user, tokens: this.#tokensFor(record) };
  }

  async find(
    accessToken: string,
    workspaceId: string | null,
    prefetch?: PrefetchRequest,
  ): Promise<SessionRecord | null> {
    const { keys, forms } = this.#deps;
    const store = this.#store;
    const adapter = new LuciaAdapter({ store, keys, forms, workspaceId, ...(prefetch && { prefetch }) });
    const { session } = await lucia(adapter).validateSession(accessToken);
    return session && adapter.found;
  }

  async refresh(refreshToken: string, device: Device, reuse: AccountEvent): Promise<Refreshed> {
    const { keys, serialize } = this.#deps;
    const store = this.#store;
    const parsed = parseRefreshToken(refreshToken);
    if (!parsed || tokenStatusOf(parsed, "refresh", this.#deps) === "forged") return { outcome: "unknown" };
    const { sessionId, generation } = parsed.claims;
    const known = await store.find(sessionId, null);
    if (!known || !parsed.isGenuine(keys, known.session.salt)) return { outcome: "unknown" };
    // Concurrent refreshes of one session are serialized here, where waiting holds no database connection.
    return serialize(sessionId, async () => {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const record = await store.find(sessionId, null);
        if (!record || record.session.expiresAt <= record.databaseNow) return { outcome: "unknown" };
        const secondsSinceRotation =
          (record.databaseNow.getTime() - record.session.rotatedAt.getTime()) / 1000;
        switch (judgeRefresh(generation, { ...record.session, secondsSinceRotation })) {
          case "ahead":
            return { outcome: "ahead", sessionId };
          case "revoke":
            await store.end(sessionId, reuse);
            return { outcome: "reused", sessionId, userId: record.user.id };
          case "repeat":
            return { outcome: "fresh", tokens: this.#tokensFor(record) };
          case "renew": {
            // If the session was used, rotated or renewed in the meantime, the token is judged again.
            if (!(await store.renew(sessionId, record.session))) continue;
            const renewed = await store.find(sessionId, null);
            if (!renewed) return { outcome: "unknown" };
            if (renewed.session.generation === generation + 1)
              return { outcome: "fresh", tokens: this.#tokensFor(renewed) };
            break;
          }
          case "rotate": {
            // The statement applies only to the generation that was judged. Otherwise another server was faster.
            if (!(await store.rotate(sessionId, generation, IDLE_SECONDS, device))) continue;
            const rotated = await store.find(sessionId, null);
            if (!rotated) return { outcome: "unknown" };
            // Another server may already have seen the successor in use, so judging the token again could find it old.
            // The call returns the successor that it created.
            return { outcome: "fresh", tokens: this.#tokensFor(rotated, generation + 1) };
          }
        }
      }
      throw new Error(`Other calls changed the session ${MAX_TRIES} times during a refresh.`);
    });
  }

  issuedTo(token: string): string | null {
    const parsed = parseAccessToken(token) ?? parseRefreshToken(token);
    return parsed?.isIssued(this.#deps.keys) ? parsed.claims.sessionId : null;
  }

  async sessionIdOf(token: string): Promise<string | null> {
    const [access, refreshing] = [parseAccessToken(token), parseRefreshToken(token)];
    const parsed = access ?? refreshing;
    const status = tokenStatusOf(parsed, access ? "access" : "refresh", this.#deps);
    const record = parsed && status !== "forged" && (await this.#store.find(parsed.claims.sessionId, null));
    return parsed && record && parsed.isGenuine(this.#deps.keys, record.session.salt)
      ? record.session.id
      : null;
  }

  end(sessionId: string, event: AccountEvent, keep?: ClaimWithAnswer): Promise<boolean> {
    return this.#store.end(sessionId, event, keep);
  }

  deleteExpired(): Promise<void> {
    const { keys, forms } = this.#deps;
    const adapter = new LuciaAdapter({ store: this.#store, keys, forms, workspaceId: null });
    return lucia(adapter).deleteExpiredSessions();
  }

  over(db: Db): Sessions {
    return new BearerSessions(db, this.#deps);
  }

  #tokensFor({ session, databaseNow }: SessionRecord, generation = session.generation): Tokens {
    const { keys, forms } = this.#deps;
    const { id: sessionId, salt } = session;
    const form = forms.ofSession(session.rotatedAt);
    const expiresAtSeconds = Math.floor(databaseNow.getTime() / 1000) + ACCESS_SECONDS;
    return {
      session,
      accessToken: formatAccessToken(keys, salt, { sessionId, generation, expiresAtSeconds }, form),
      // The absolute expiry is checked with each use, so the token does not outlive it.
      accessTokenExpiresAt: new Date(Math.min(expiresAtSeconds * 1000, session.absoluteExpiresAt.getTime())),
      refreshToken: formatRefreshToken(keys, salt, { sessionId, generation }, form),
    };
  }
}

/** Lucia over an adapter, with the idle time of sessions. */
export const lucia = (adapter: LuciaAdapter): Lucia =>
  new Lucia(adapter, { sessionExpiresIn: new TimeSpan(IDLE_SECONDS, "s") });
