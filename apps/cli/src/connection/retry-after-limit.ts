import { isProjoError } from "@projostack/sdk";

/** A request budget refills within two minutes. A longer wait belongs to another limit and is reported instead. */
const MAX_WAIT_SECONDS = 120;

/**
 * Runs a call and repeats it after the wait that the server asks for when the budget of the account or workspace is
 * exhausted. Repeating is safe, because the server has not carried out a refused call.
 * @param onWait called before each wait
 */
export async function retryAfterLimit<T>(
  call: () => Promise<T>,
  signal: AbortSignal,
  onWait: (seconds: number) => void = () => {},
): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const seconds = secondsToWait(error);
      if (seconds === undefined) throw error;
      onWait(seconds);
      const { setTimeout: wait } = await import("node:timers/promises");
      await wait(seconds * 1_000, undefined, { signal });
    }
  }
}

function secondsToWait(error: unknown): number | undefined {
  if (!isProjoError(error) || error.reason !== "limit.exceeded") return undefined;
  const { retryAfterSeconds: seconds = 1 } = error;
  return seconds <= MAX_WAIT_SECONDS ? Math.max(1, seconds) : undefined;
}
