// A model of a cookie session without a database: only the state that the rule uses. It corresponds to
// identity/sessions/cookie-adapter.ts and to the statements of packages/db/src/people/cookie-sessions.ts. A call reads the
// state, and its change is applied a moment later, if the state is still the same: other servers may be faster.
import type { CookieState, CookieVerdict } from "../../../src/identity/sessions/cookie-rule.ts";
import { ABSOLUTE_SECONDS, IDLE_SECONDS } from "../../../src/identity/tokens/session-lifetime.ts";

export type CookieRule = (cookieGeneration: number, state: CookieState) => CookieVerdict;

/** The server's answer to a call: a 401, or success with the cookie that it sets. */
export type CookieReply = { readonly ok: false } | { readonly ok: true; readonly sets: number | null };

const REFUSED: CookieReply = { ok: false };

export class SimulatedCookieSession {
  readonly #rule: CookieRule;
  generation = 1;
  givenAt = 0;
  confirmedAt: number | null = 0;
  expiresAt = IDLE_SECONDS;
  /** When the rule ended the session, or null. */
  revokedAt: number | null = null;
  /** The time of each rotation. */
  readonly rotations: number[] = [];

  constructor(rule: CookieRule) {
    this.#rule = rule;
  }

  isOver(now: number): boolean {
    return this.revokedAt !== null || now >= this.expiresAt;
  }

  /** Reads the state and judges the cookie. @returns the change, to be applied later */
  judge(now: number, cookie: number): (later: number) => CookieReply {
    if (this.isOver(now)) return () => REFUSED;
    const { generation, givenAt, confirmedAt } = this;
    const verdict = this.#rule(cookie, {
      generation,
      secondsSinceGiven: now - givenAt,
      secondsSinceConfirmed: confirmedAt === null ? null : now - confirmedAt,
    });
    return (later) => this.#apply(later, verdict, { generation, givenAt });
  }

  #apply(now: number, verdict: CookieVerdict, read: { generation: number; givenAt: number }): CookieReply {
    const isSame = this.generation === read.generation;
    switch (verdict) {
      case "ahead":
        return REFUSED;
      case "revoke":
        this.revokedAt ??= now;
        return REFUSED;
      case "accept":
        return { ok: true, sets: null };
      case "repeat":
        return { ok: true, sets: read.generation };
      case "give again":
        if (isSame && this.givenAt === read.givenAt && this.confirmedAt === null) this.givenAt = now;
        return { ok: true, sets: read.generation };
      case "confirm":
        if (isSame) this.confirmedAt ??= now;
        return { ok: true, sets: null };
      case "rotate":
        if (!isSame) return { ok: true, sets: null };
        this.generation += 1;
        this.confirmedAt = null;
        this.givenAt = now;
        this.expiresAt = Math.min(now + IDLE_SECONDS, ABSOLUTE_SECONDS);
        this.rotations.push(now);
        return { ok: true, sets: this.generation };
    }
  }
}
