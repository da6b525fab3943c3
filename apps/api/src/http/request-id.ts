import type { Randomness } from "../runtime/randomness.ts";

/** The caller's request id if it is safe to log, otherwise a new one. */
export function requestIdOf(sent: string | string[] | undefined, randomness: Randomness): string {
  return typeof sent === "string" && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomness.newRequestId();
}
