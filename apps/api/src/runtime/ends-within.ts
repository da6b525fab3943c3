import { setTimeout as delay } from "node:timers/promises";

/** Waits for the work, but no longer. @returns whether it ended in time */
export async function endsWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const waiting = new AbortController();
  const late = delay(milliseconds, false, { signal: waiting.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    waiting.abort();
  }
}
