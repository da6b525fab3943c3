import type { Attempts, Failure, SendOnce } from "../attempt-types.ts";
import { ProjoError } from "./given.ts";
import { reportRetry } from "./observe.ts";
import { IN_PROGRESS, retryDelayMs } from "./retry.ts";
import { sleep } from "./sleep.ts";

/** Repeats a failed request until it has a final answer. */
export async function sendAgain(attempts: Attempts, first: Failure, sendOnce: SendOnce): Promise<unknown> {
  const { clock, deadline, maxRetries, connection } = attempts;
  let failure = first;
  for (let failures = 1; ; failures += 1) {
    const { error, raw, event } = failure;
    if (!(error instanceof ProjoError)) throw error;
    // An earlier request is under way. The answer to it is awaited, so this is no failure.
    if (error.reason === IN_PROGRESS && maxRetries > 0) failures -= 1;
    const delayMs =
      failures <= maxRetries && raw?.headers.get("x-should-retry") !== "false"
        ? retryDelayMs(error, failures, clock.random())
        : undefined;
    // Do not wait past the deadline: a timeout would hide the error, which says more.
    if (delayMs === undefined || delayMs >= deadline.remainingMs()) throw error;
    reportRetry(connection.hooks, { ...event, delayMs, error });
    await deadline.within((clock.sleep ?? sleep)(delayMs, deadline.signal));
    const sent = await sendOnce(attempts);
    if ("data" in sent) return sent.data;
    failure = sent;
  }
}
