// What a genuine refresh token deserves. Honest people lose replies, open two tabs and close laptops; a thief uses
// a copy. The rule tells them apart by whether the successor was used: whoever holds an old token while another holds
// a used successor shares a session with a stranger.

/** Tabs of one browser race within seconds; half a minute forgives them though one used the successor already. */
export const GRACE_SECONDS = 30;

export interface RefreshState {
  /** The session's, from 1, one more with each rotation. */
  readonly generation: number;
  /** Whether a token of this generation was used. */
  readonly confirmed: boolean;
  readonly secondsSinceRotation: number;
}

/**
 * - `rotate`: the token is the current one; its successor is made.
 * - `repeat`: it was rotated a moment ago; the same successor is given again.
 * - `renew`: the reply got lost long ago; the same successor is given as if it were made now. Its access tokens from
 *   before are void, so that whoever did not lose the reply gains nothing by keeping them, and the grace starts anew,
 *   so that the other tabs that ask with this one are forgiven.
 * - `revoke`: it is an old one that someone kept; the session ends.
 * - `ahead`: the session has not come that far, as after a database was restored; refused, and someone should look.
 */
export type RefreshVerdict = "rotate" | "repeat" | "renew" | "revoke" | "ahead";

export function judgeRefresh(tokenGeneration: number, state: RefreshState): RefreshVerdict {
  const behind = state.generation - tokenGeneration;
  if (behind === 0) return "rotate";
  if (behind < 0) return "ahead";
  if (behind > 1) return "revoke";
  if (state.secondsSinceRotation <= GRACE_SECONDS) return "repeat";
  return state.confirmed ? "revoke" : "renew";
}
