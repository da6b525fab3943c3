import type { ConnectionFailure, ProjoError } from "../errors.ts";

const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 5000;
/** Failures that have the same result at the next attempt. */
const permanentFailures = new Set<string>([
  "port_blocked",
  "not_http",
  "not_tls",
  "certificate_untrusted",
  "certificate_expired",
  "certificate_of_another_host",
  "proxy_refused",
] satisfies ConnectionFailure[]);
/** Statuses of the server, or of a proxy, for a temporary failure. */
const temporaryStatuses = new Set([429, 502, 503, 504]);

/**
 * Returns the milliseconds to wait after `done` failed attempts, or undefined when a retry cannot help. The delay doubles
 * with each attempt, minus a random part of up to half, so that clients do not retry at the same time. `random` is from 0
 * to 1. The delay is at least what the server asks for.
 */
export function retryDelayMs(error: ProjoError, done: number, random: number): number | undefined {
  if (error.code !== "CONNECTION_FAILED" && !temporaryStatuses.has(error.status ?? 0)) return undefined;
  if ("failure" in error && permanentFailures.has(String(error.failure))) return undefined;
  const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (done - 1));
  return Math.max(longest * (1 - random / 2), (error.retryAfterSeconds ?? 0) * 1000);
}
