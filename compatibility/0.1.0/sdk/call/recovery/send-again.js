import { ProjoError } from "./given.js";
import { reportRetry } from "./observe.js";
import { IN_PROGRESS, retryDelayMs } from "./retry.js";
import { sleep } from "./sleep.js";
/** Repeats a failed request until it has a final answer. */
export async function sendAgain(attempts, first, sendOnce) {
    const { clock, deadline, maxRetries, connection } = attempts;
    let failure = first;
    for (let failures = 1;; failures += 1) {
        const { error, raw, event } = failure;
        if (!(error instanceof ProjoError))
            throw error;
        // An earlier request is under way. The answer to it is awaited, so this is no failure.
        if (error.reason === IN_PROGRESS && maxRetries > 0)
            failures -= 1;
        const delayMs = failures <= maxRetries && raw?.headers.get("x-should-retry") !== "false"
            ? retryDelayMs(error, failures, clock.random())
            : undefined;
        // Do not wait past the deadline: a timeout would hide the error, which says more.
        if (delayMs === undefined || delayMs >= deadline.remainingMs())
            throw error;
        reportRetry(connection.hooks, { ...event, delayMs, error });
        await deadline.within((clock.sleep ?? sleep)(delayMs, deadline.signal));
        const sent = await sendOnce(attempts);
        if ("data" in sent)
            return sent.data;
        failure = sent;
    }
}
