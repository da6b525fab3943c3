// Decides what a genuine refresh token gets. Honest users lose replies, open two tabs and close laptops; a thief uses a
// copy of a token. The rule distinguishes them by whether the successor was used: if an old token is presented after its
// successor was used, two parties share the session. docs/security.md describes what the rule tolerates and what it cannot
// detect.

/** The grace window. It tolerates tabs of one browser that refresh at the same time, and requests that arrive late. */
export const GRACE_SECONDS = 30;
/** Repeated requests of concurrent tabs arrive within this time and are not recorded one by one. */
const RACE_SECONDS = 5;

export interface RefreshState {
  /** The generation of the session. It starts at 1 and increases by one with each rotation. */
  readonly generation: number;
  /** Whether a token of this generation was used. */
  readonly confirmed: boolean;
  /** The time since the generation was created or renewed. */
  readonly secondsSinceRotation: number;
}

/**
 * - `rotate`: the token is current. The session moves to the next generation.
 * - `repeat`: the token was rotated a moment ago. The same successor is returned again.
 * - `renew`: the reply was lost. The same successor is returned as if it were created now. The grace window restarts, so
 *   that other tabs with the same token are tolerated, and the tokens of the lost reply become invalid.
 * - `revoke`: the token is old and was kept by someone. The session ends.
 * - `ahead`: the token's generation is above the session's, for example after a backup was restored. The token is refused,
 *   and an error is logged for the operator.
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
 * Whether an access token of the current generation belongs to a lost reply, because the generation was renewed later. An
 * honest client does not have this token. A thief has it who refreshed before the victim and waited for the victim's use.
 * @param madeAtSeconds the Unix time at which the token was issued, rounded down
 */
export function belongsToLostReply(madeAtSeconds: number, rotatedAtSeconds: number): boolean {
  return madeAtSeconds + 1 + GRACE_SECONDS < rotatedAtSeconds;
}
