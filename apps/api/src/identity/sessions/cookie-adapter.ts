// Adapts cookie sessions to Lucia, like lucia-adapter.ts for bearer sessions. The session id that Lucia passes in is the token
// of the cookie. Its check is compared before the database is queried, and its MAC before the rule may change the session.
import type {
  AccountEvent,
  CookieSessionStore,
  Device,
  PrefetchRequest,
  SessionRecord,
} from "@projostack/db";
import type { DatabaseSession, DatabaseUser } from "lucia";
import { IDLE_SECONDS } from "../tokens/session-lifetime.ts";
import { parseCookieToken } from "../tokens/tokens.ts";
import { judgeCookie, type CookieState } from "./cookie-rule.ts";
import { LuciaAdapter, type LuciaAdapterDeps } from "./lucia-adapter.ts";

/** The request that sent the cookie. */
export interface CookieUse {
  readonly workspaceId: string | null;
  readonly device: Device;
  readonly prefetch?: PrefetchRequest | undefined;
  /** Creates the event that records the reuse of an old cookie. */
  readonly reuse: () => AccountEvent;
}

interface CookieAdapterDeps extends LuciaAdapterDeps {
  readonly cookies: CookieSessionStore;
  readonly use: CookieUse;
}

/** What became of the cookie, besides what Lucia knows. */
export type CookieOutcome =
  | { readonly kind: "unknown" }
  /** The answer sets the cookie of this generation, if there is one. */
  | { readonly kind: "found"; readonly successor: number | null }
  | { readonly kind: "reused"; readonly sessionId: string; readonly userId: string }
  | { readonly kind: "ahead"; readonly sessionId: string };

export class CookieAdapter extends LuciaAdapter {
  readonly #deps: CookieAdapterDeps;
  outcome: CookieOutcome = { kind: "unknown" };

  constructor(deps: CookieAdapterDeps) {
    super(deps);
    this.#deps = deps;
  }

  override async getSessionAndUser(token: string): Promise<[DatabaseSession | null, DatabaseUser | null]> {
    const { cookies, keys, use } = this.#deps;
    const parsed = parseCookieToken(token);
    if (!parsed?.isIssued(keys)) return [null, null];
    const { sessionId, generation } = parsed.claims;
    const record = await cookies.find({ sessionId, workspaceId: use.workspaceId }, use.prefetch);
    if (!record || !parsed.isGenuine(keys, record.session.salt)) return [null, null];
    // Lucia ends a session that has expired.
    const isLive = record.session.expiresAt > record.databaseNow;
    if (isLive && !(await this.#apply(generation, record))) return [null, null];
    this.found ??= record;
    return this.forLucia(this.found);
  }

  /** Applies the rule to a genuine cookie. @returns whether the call continues */
  async #apply(generation: number, record: SessionRecord): Promise<boolean> {
    const { cookies, store, use } = this.#deps;
    const { session } = record;
    let successor: number | null = null;
    switch (judgeCookie(generation, stateOf(record))) {
      case "ahead":
        this.outcome = { kind: "ahead", sessionId: session.id };
        return false;
      case "revoke":
        await store.end(session.id, use.reuse());
        this.outcome = { kind: "reused", sessionId: session.id, userId: record.user.id };
        return false;
      case "confirm":
        await cookies.confirm(session.id, generation);
        break;
      case "rotate": {
        const expiresAt = await cookies.rotate(session.id, generation, IDLE_SECONDS, use.device);
        // Another request was faster, and its answer sets the successor.
        if (expiresAt === null) break;
        successor = generation + 1;
        this.found = { ...record, session: { ...session, expiresAt } };
        break;
      }
      case "give again":
        await cookies.giveAgain(session.id, session);
        successor = session.generation;
        break;
      case "repeat":
        successor = session.generation;
        break;
      case "accept":
    }
    this.outcome = { kind: "found", successor };
    return true;
  }
}

function stateOf({ session, databaseNow }: SessionRecord): CookieState {
  const secondsSince = (time: Date) => (databaseNow.getTime() - time.getTime()) / 1000;
  return {
    generation: session.generation,
    secondsSinceGiven: secondsSince(session.rotatedAt),
    secondsSinceConfirmed: session.confirmedAt && secondsSince(session.confirmedAt),
  };
}
