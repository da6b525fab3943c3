// What a genuine refresh token deserves. Honest people lose replies, open two tabs and close laptops; a thief uses
// a copy. The rule tells them apart by whether the successor was used: whoever holds an old token while another holds
// a used successor shares a session with a stranger. What it forgives, and what it cannot see, is in docs/security.md.

/** Tabs of one browser race, and a request that was given up arrives after all: so long after, both are forgiven. */
export const GRACE_SECONDS = 30;
/** A race's repeats come at once, and need not each be written down. */
const RACE_SECONDS = 5;

export interface RefreshState {
  /** The session's, from 1, one more with each rotation. */
  readonly generation: number;
  /** Whether a token of this generation was used. */
  readonly confirmed: boolean;
  /** Since the generation was made, or made anew by `renew`. */
  readonly secondsSinceRotation: number;
}

/**
 * - `rotate`: the token is the current one; its successor is made.
 * - `repeat`: it was rotated a moment ago; the same successor is given again.
 * - `renew`: the reply got lost; the same successor is given as if it were made now. The grace starts anew, so that
 *   other tabs that ask with this token are forgiven, and what came with the lost reply is void.
 * - `revoke`: it is an old one that someone kept; the session ends.
 * - `ahead`: the session has not come that far, as after a database was restored; refused, and someone should look.
 */
export type RefreshVerdict = "rotate" | "repeat" | "renew" | "revoke" | "ahead";

export function judgeRefresh(tokenGeneration: number, state: RefreshState): RefreshVerdict {
  const behind = state.generation - tokenGeneration;
  if (behind === 0) return "rotate";
  if (behind < 0) return "ahead";
  if (behind > 1) return "revoke";
  if (state.confirmed) return state.secondsSinceRotation <= GRACE_SECONDS ? "repeat" : "revoke";
  return state.secondsSinceRotation <= RACE_SECONDS ? "repeat" : "renew";
}

/**
 * Whether an access token of the current generation came with a reply that was lost, as someone said by asking again.
 * Nobody honest has it. A thief who refreshed ahead of the victim does, and waited for the victim's use to hide in.
 * @param madeAtSeconds Unix time, rounded down
 */
export function cameWithLostReply(madeAtSeconds: number, rotatedAtSeconds: number): boolean {
  return madeAtSeconds + 1 + GRACE_SECONDS < rotatedAtSeconds;
}
