// A model of a session without a database: only the state that the refresh rule uses. It corresponds to this code:
//
//   refresh  identity/sessions/sessions.ts, `refresh`: apply the rule, then run a statement that matches only the same state.
//            A call that loses the race applies the rule again, so each call is one step here.
//   use      identity/sessions/lucia-adapter.ts, `getSessionAndUser`: which access tokens are valid, and which confirm.
//   slide    Lucia's validateSession: use after half of the idle time restores the whole idle time.
//   rotate, confirm, renew, end: the statements of packages/db/src/people/sessions.ts.
//
// A token is represented by its claims. Other tests cover forged tokens.
import {
  belongsToLostReply,
  type RefreshState,
  type RefreshVerdict,
} from "../../src/identity/sessions/refresh-rule.ts";
import {
  ABSOLUTE_SECONDS,
  ACCESS_SECONDS,
  IDLE_SECONDS,
} from "../../src/identity/tokens/session-lifetime.ts";

export type Rule = (tokenGeneration: number, state: RefreshState) => RefreshVerdict;

export interface Pair {
  readonly generation: number;
  /** When the access token was created, in whole seconds. */
  readonly issuedAt: number;
}

export class SimulatedSession {
  readonly #rule: Rule;
  generation = 1;
  confirmed = false;
  rotatedAt = 0;
  expiresAt = IDLE_SECONDS;
  /** When the rule ended the session, or null. */
  revokedAt: number | null = null;

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  isOver(now: number): boolean {
    return this.revokedAt !== null || now >= this.expiresAt;
  }

  /** @returns the new pair, or null for a 401 */
  refresh(now: number, tokenGeneration: number): Pair | null {
    if (this.isOver(now)) return null;
    const { generation, confirmed, rotatedAt } = this;
    const state = { generation, confirmed, secondsSinceRotation: now - rotatedAt };
    switch (this.#rule(tokenGeneration, state)) {
      case "ahead":
        return null;
      case "revoke":
        this.revokedAt = now;
        return null;
      case "repeat":
        break;
      case "renew":
        this.rotatedAt = now;
        break;
      case "rotate":
        this.generation += 1;
        this.confirmed = false;
        this.rotatedAt = now;
        this.expiresAt = Math.min(now + IDLE_SECONDS, ABSOLUTE_SECONDS);
    }
    return this.pair(now);
  }

  pair = (now: number): Pair => ({ generation: this.generation, issuedAt: Math.floor(now) });

  /** Uses an access token. @returns whether it is valid */
  use(now: number, { generation, issuedAt }: Pair): boolean {
    if (this.isOver(now) || issuedAt + ACCESS_SECONDS <= now || generation > this.generation) return false;
    if (generation === this.generation) {
      if (belongsToLostReply(issuedAt, this.rotatedAt)) return false;
      this.confirmed = true;
    }
    if (this.expiresAt - now < IDLE_SECONDS / 2)
      this.expiresAt = Math.min(now + IDLE_SECONDS, ABSOLUTE_SECONDS);
    return true;
  }
}
