// Decides what a genuine session cookie gets. The server replaces the cookie of a session about once a day. A browser may lose
// the answer with the successor, a server that renders pages may be unable to pass it on, and several tabs send requests at the
// same time; a thief uses a copy of a cookie. The rule distinguishes them by whether the successor was used: if the old cookie
// is sent after that, two parties have the session. docs/decisions/cookie-sessions.md describes what the rule tolerates and
// what it cannot detect.

const DAY = 24 * 60 * 60;

/** The age from which a cookie is replaced. */
export const ROTATE_AFTER_SECONDS = DAY;
/**
 * A use of the successor counts only this long after it was last given. Before that, a browser that crashes may lose it,
 * because browsers store cookies on disk up to 30 seconds late, and a server that renders a page may use it and not pass it on.
 */
export const SETTLE_SECONDS = 120;
/** How long the old cookie works after the successor was used: for requests that a computer sends when it wakes up. */
export const COOKIE_GRACE_SECONDS = 60;
/** The successor that is given again within this time is not recorded as given again: for parallel requests. */
const PARALLEL_SECONDS = 20;

export interface CookieState {
  /** The generation of the session. It starts at 1 and increases by one with each new cookie. */
  readonly generation: number;
  /** The time since the cookie of this generation was last given. */
  readonly secondsSinceGiven: number;
  /** The time since the first use that counts; null before it. */
  readonly secondsSinceConfirmed: number | null;
}

/**
 * - `accept`: the call continues.
 * - `confirm`: the cookie is current and is used for the first time. The call continues, and the use is recorded.
 * - `rotate`: the cookie is current and old. The answer sets the successor.
 * - `repeat`: the successor was given a moment ago and not used yet. The answer sets it again.
 * - `give again`: the successor was given earlier and not used yet. The answer sets it again, and this is recorded.
 * - `revoke`: the cookie is old, and its successor was used. The session ends.
 * - `ahead`: the generation is above the session's, for example after a backup was restored. The cookie is refused.
 */
export type CookieVerdict = "accept" | "confirm" | "rotate" | "repeat" | "give again" | "revoke" | "ahead";

export function judgeCookie(cookieGeneration: number, state: CookieState): CookieVerdict {
  const { secondsSinceGiven, secondsSinceConfirmed } = state;
  const behind = state.generation - cookieGeneration;
  if (behind < 0) return "ahead";
  if (behind > 1) return "revoke";
  if (behind === 0) {
    if (secondsSinceConfirmed === null) return secondsSinceGiven >= SETTLE_SECONDS ? "confirm" : "accept";
    // The cookie before this one has its grace time even if this one is already old.
    const isDue = secondsSinceGiven >= ROTATE_AFTER_SECONDS && secondsSinceConfirmed > COOKIE_GRACE_SECONDS;
    return isDue ? "rotate" : "accept";
  }
  if (secondsSinceConfirmed === null) return secondsSinceGiven < PARALLEL_SECONDS ? "repeat" : "give again";
  return secondsSinceConfirmed <= COOKIE_GRACE_SECONDS ? "accept" : "revoke";
}
