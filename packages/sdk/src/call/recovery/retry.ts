import type { ConnectionFailure, ProjoError } from "../../errors.ts";

/** The reason of a refusal because a request with the same idempotency key is under way. */
export const IN_PROGRESS = "idempotency.in_progress";

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
/** Statuses from 500 that do not change with a repetition: an unsupported method or version of HTTP, and a login page. */
const permanentStatuses = new Set([501, 505, 511]);

/**
 * Returns the milliseconds to wait after `done` failed attempts, or undefined when a retry cannot help. The delay doubles
 * with each attempt, minus a random part of up to half, so that clients do not retry at the same time. `random` is from 0
 * to 1. The delay is at least what the server asks for.
 */
export function retryDelayMs(error: ProjoError, done: number, random: number): number | undefined {
  if (error.code !== "CONNECTION_FAILED" && !isTemporary(error)) return undefined;
  if ("failure" in error && permanentFailures.has(String(error.failure))) return undefined;
  const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (done - 1));
  return Math.max(longest * (1 - random / 2), (error.retryAfterSeconds ?? 0) * 1000);
}

/** Returns true for a failure of the server, or of a proxy, that may end soon. */
function isTemporary({ status = 0, reason }: ProjoError): boolean {
  if (status === 408 || status === 429 || reason === IN_PROGRESS) return true;
  return status >= 500 && !permanentStatuses.has(status);
}
