import type { ProjoError } from "../errors.ts";

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5000;
/** The server, or a proxy before it, asks for patience. */
const passing = new Set([429, 502, 503, 504]);

/**
 * How long to wait before the try after `done` failed ones, or undefined when another try cannot help. Doubles each
 * time, less a random part of up to half, so that clients which failed together do not come back together.
 */
export function retryDelayMs(error: ProjoError, done: number, random: number): number | undefined {
  if (error.code !== "CONNECTION_FAILED" && !passing.has(error.status ?? 0)) return undefined;
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (done - 1));
  return Math.max(longest * (1 - random / 2), (error.retryAfterSeconds ?? 0) * 1000);
}
