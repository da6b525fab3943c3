// One sign-in is one session. Lucia keeps its life (make, validate, slide, end) and is no longer developed: nothing
// outside this file and its adapter knows of it (docs/decisions/lucia-adapter.md).
import type { AccountEvent, PrefetchRequest, Db, Device, SessionRecord } from "@projostack/db";
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

/** Somebody who just showed that they know the password. */
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
  /** Not genuine, or of a session that has ended. Nothing happened. */
  | { readonly outcome: "unknown" }
  /** An old token was used again: the session has been ended, for good and on record. */
  | { readonly outcome: "reused" }
  /** The token is of a time that the database does not know of. */
  | { readonly outcome: "ahead"; readonly sessionId: string };

export interface Sessions {
  /** Signs an account in, on record; null when its password is no longer the one that was checked. */
  start(account: Account, event: AccountEvent): Promise<Started | null>;
  /** The session of an access token, its user, their place in the workspace, and what was asked ahead; null when it is not valid. */
  find(
    accessToken: string,
    workspaceId: string | null,
    prefetch?: PrefetchRequest,
  ): Promise<SessionRecord | null>;
  refresh(refreshToken: string, device: Device, reuse: AccountEvent): Promise<Refreshed>;
  /** The session of a token that this server made, by its check alone: the database is not asked, so it may have ended. */
  issuedTo(token: string): string | null;
  /** The session that a genuine token of either kind belongs to, expired or not. */
  sessionIdOf(token: string): Promise<string | null>;
  /** Ends a session, on record. @returns whether it was there */
  end(sessionId: string, event: AccountEvent): Promise<boolean>;
  deleteExpired(): Promise<void>;
}

/** A token is judged anew each time another call was faster; more than twice in a row is not to be expected. */
const MOST_TRIES = 5;

export interface SessionDeps {
  readonly keys: KeyRing;
  readonly forms: TokenForms;
  readonly randomness: Randomness;
}

export function createSessions(db: Db, { keys, forms, randomness }: SessionDeps): Sessions {
  const store = db.sessions;
  const tokensFor = ({ session, databaseNow }: SessionRecord, generation = session.generation): Tokens => {
    const { id: sessionId, salt } = session;
    const form = forms.ofSession(session.rotatedAt);
    const expiresAtSeconds = Math.floor(databaseNow.getTime() / 1000) + ACCESS_SECONDS;
    return {
      session,
      accessToken: formatAccessToken(keys, salt, { sessionId, generation, expiresAtSeconds }, form),
      // The session's end is asked for with each use; it is said here too.
      accessTokenExpiresAt: new Date(Math.min(expiresAtSeconds * 1000, session.absoluteExpiresAt.getTime())),
      refreshToken: formatRefreshToken(keys, salt, { sessionId, generation }, form),
    };
  };

  const turns = serializeByKey();

  const refresh: Sessions["refresh"] = async (refreshToken, device, reuse) => {
    const parsed = parseRefreshToken(refreshToken);
    if (!parsed || tokenStatusOf(parsed, "refresh", { keys, forms }) === "forged")
      return { outcome: "unknown" };
    const { sessionId, generation } = parsed.claims;
    const known = await store.find(sessionId, null);
    if (!known || !parsed.isGenuine(keys, known.session.salt)) return { outcome: "unknown" };
    // Callers of one session wait here for each other, where waiting holds no connection.
    return turns(sessionId, async () => {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const record = await store.find(sessionId, null);
        if (!record || record.session.expiresAt <= record.databaseNow) return { outcome: "unknown" };
        const secondsSinceRotation =
          (record.databaseNow.getTime() - record.session.rotatedAt.getTime()) / 1000;
        switch (judgeRefresh(generation, { ...record.session, secondsSinceRotation })) {
          case "ahead":
            return { outcome: "ahead", sessionId };
          case "revoke":
            await store.end(sessionId, reuse);
            return { outcome: "reused" };
          case "repeat":
            return { outcome: "fresh", tokens: tokensFor(record) };
          case "renew": {
            // Used, rotated or renewed meanwhile: then it is judged anew.
            if (!(await store.renew(sessionId, record.session))) continue;
            const renewed = await store.find(sessionId, null);
            if (!renewed) return { outcome: "unknown" };
            if (renewed.session.generation === generation + 1)
              return { outcome: "fresh", tokens: tokensFor(renewed) };
            break;
          }
          case "rotate": {
            // The statement holds only for the generation that was judged; else another server was faster.
            if (!(await store.rotate(sessionId, generation, IDLE_SECONDS, device))) continue;
            const rotated = await store.find(sessionId, null);
            if (!rotated) return { outcome: "unknown" };
            // Another server may have given the same successor and seen it used by now: to judge this call's token anew
            // would find it old. It is answered with what it brought about.
            return { outcome: "fresh", tokens: tokensFor(rotated, generation + 1) };
          }
        }
      }
      throw new Error("A refresh was overtaken time and again.");
    });
  };

  return {
    start: async ({ id: userId, passwordHash }, event) => {
      const facts: NewSessionFacts = { salt: randomness.bytes(32), passwordHash, event };
      const adapter = new LuciaAdapter({ store, keys, forms, workspaceId: null, facts });
      const { id } = await lucia(adapter).createSession(userId, {}, { sessionId: randomness.newId() });
      const record = await store.find(id, null);
      return record && { user: record.user, tokens: tokensFor(record) };
    },
    find: async (accessToken, workspaceId, prefetch) => {
      const adapter = new LuciaAdapter({ store, keys, forms, workspaceId, ...(prefetch && { prefetch }) });
      const { session } = await lucia(adapter).validateSession(accessToken);
      return session && adapter.found;
    },
    refresh,
    issuedTo: (token) => {
      const parsed = parseAccessToken(token) ?? parseRefreshToken(token);
      return parsed?.isIssued(keys) ? parsed.claims.sessionId : null;
    },
    sessionIdOf: async (token) => {
      const [access, refreshing] = [parseAccessToken(token), parseRefreshToken(token)];
      const parsed = access ?? refreshing;
      const standing = tokenStatusOf(parsed, access ? "access" : "refresh", { keys, forms });
      const record = parsed && standing !== "forged" && (await store.find(parsed.claims.sessionId, null));
      return parsed && record && parsed.isGenuine(keys, record.session.salt) ? record.session.id : null;
    },
    end: (sessionId, event) => store.end(sessionId, event),
    deleteExpired: () =>
      lucia(new LuciaAdapter({ store, keys, forms, workspaceId: null })).deleteExpiredSessions(),
  };
}

const lucia = (adapter: LuciaAdapter): Lucia =>
  new Lucia(adapter, { sessionExpiresIn: new TimeSpan(IDLE_SECONDS, "s") });
