import type { Randomness } from "../runtime/randomness.ts";

/** The caller's id for the request, when it is harmless in a log; else one of ours. */
export function requestIdOf(sent: string | string[] | undefined, randomness: Randomness): string {
  return typeof sent === "string" && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomness.newRequestId();
}
