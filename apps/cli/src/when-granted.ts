import { setTimeout as wait } from "node:timers/promises";
import { isProjoError } from "@projostack/sdk";

/** A budget is free again within two minutes. What asks for more is another limit, which nobody should wait for. */
const LONGEST_SECONDS = 120;

/**
 * For work that takes many calls: where the budget of the account or workspace is spent, waits as long as the server says,
 * and calls again. A call that was refused was not carried out.
 */
export async function whenGranted<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const seconds = secondsToWait(error);
      if (seconds === undefined) throw error;
      await wait(seconds * 1_000, undefined, { signal });
    }
  }
}

function secondsToWait(error: unknown): number | undefined {
  if (!isProjoError(error) || error.reason !== "limit.exceeded") return undefined;
  const { retryAfterSeconds: seconds = 1 } = error;
  return seconds <= LONGEST_SECONDS ? Math.max(1, seconds) : undefined;
}
