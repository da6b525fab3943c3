// Repeats a call of an import after a temporary failure. An import waits for a busy server longer than the SDK does by itself,
// so its calls switch off the retries of the SDK. A second execution of these calls has no further effect.
import { setTimeout as wait } from "node:timers/promises";
import { isProjoError, ProjoConnectionError } from "@projostack/sdk";
import { retryAfterLimit } from "../connection/retry-after-limit.ts";

export type Patiently = <T>(call: () => Promise<T>, signal: AbortSignal) => Promise<T>;

const PAUSES_AFTER_LOST_CONNECTION_MS = [300, 1500];
/** A server that is busy, for example with other imports, answers and asks to come back. */
const PAUSES_OF_BUSY_SERVER_MS = [300, 1000, 2000, 4000, 8000];
/** Statuses of the server, or of a proxy, for a temporary failure. */
const TRANSIENT_STATUSES = new Set([429, 502, 503, 504]);

/** A wait that is worth a message, and the time between two messages. */
const LONG_WAIT_SECONDS = 3;
const BETWEEN_MESSAGES_MS = 30_000;

/** @param message prints to the user; told of long waits, so that the import does not look stuck */
export function createPatiently(message: (text: string) => void): Patiently {
  let lastMessageAt = Number.NEGATIVE_INFINITY;
  const onWait = (seconds: number) => {
    const now = performance.now();
    if (seconds < LONG_WAIT_SECONDS || now - lastMessageAt < BETWEEN_MESSAGES_MS) return;
    lastMessageAt = now;
    message(`The server limits the work per minute. The import waits ${seconds} seconds and continues.`);
  };
  return (call, signal) => retryTransient(() => retryAfterLimit(call, signal, onWait), signal);
}

async function retryTransient<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await call();
    } catch (error) {
      const pauseMs = pauseAfter(error, failures);
      if (pauseMs === undefined) throw error;
      await wait(pauseMs, undefined, { signal });
    }
  }
}

/** Returns the time to wait; undefined when the call must not be repeated. */
function pauseAfter(error: unknown, failures: number): number | undefined {
  if (error instanceof ProjoConnectionError) return PAUSES_AFTER_LOST_CONNECTION_MS[failures];
  if (!isProjoError(error) || !TRANSIENT_STATUSES.has(error.status ?? 0)) return undefined;
  const pauseMs = PAUSES_OF_BUSY_SERVER_MS[failures];
  return pauseMs === undefined ? undefined : Math.max(pauseMs, (error.retryAfterSeconds ?? 0) * 1000);
}
