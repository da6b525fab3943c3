import { platform, ProjoError } from "./given.js";
/** Reports a request. The returned function reports its end. */
export function observe(hooks, event, clock) {
    report(hooks, "onRequest", event);
    const startedAt = clock.now();
    return ({ status, requestId, error, mayHaveBeenCarriedOut }) => report(hooks, "onResponse", {
        ...event,
        status,
        requestId,
        durationMs: clock.now() - startedAt,
        error: error instanceof ProjoError ? error : undefined,
        mayHaveBeenCarriedOut,
    });
}
export function reportRetry(hooks, event) {
    if (hooks)
        report(hooks, "onRetry", event);
}
/** Reports an event to the hook of this name. Never throws. */
function report(hooks, name, event) {
    const hook = hooks[name];
    if (hook)
        run(hooks, name, () => hook(Object.freeze(event)));
    const { debug } = hooks;
    const print = debug === true ? warn : debug;
    if (print)
        run(hooks, "debug", () => print(lineOf(event)));
}
/** The names of the functions that have failed. Only the first error of each is printed. */
const failures = new WeakMap();
function run(hooks, name, act) {
    const onError = (error) => {
        const failed = failures.get(hooks) ?? new Set();
        failures.set(hooks, failed);
        if (failed.has(name))
            return;
        failed.add(name);
        warn(`The function ${name} of the client's options failed: ${String(error)}. The client ignores its errors.`);
    };
    try {
        // An async function reports its failure later. Nobody else would handle it.
        const result = act();
        if (result instanceof Promise)
            result.catch(onError);
    }
    catch (error) {
        onError(error);
    }
}
const warn = (line) => platform().console?.warn(`projostack-sdk: ${line}`);
function lineOf(event) {
    const { operation, attempt, url, status, durationMs, requestId, delayMs, error } = event;
    const cause = error ? ` ${error.reason ?? error.code}` : "";
    if (delayMs !== undefined)
        return `${operation} #${attempt} repeats in ${Math.round(delayMs)} ms:${cause}`;
    if (durationMs === undefined)
        return `${operation} #${attempt} sends a request to ${url}`;
    const id = requestId === undefined ? "" : `, request id ${requestId}`;
    return `${operation} #${attempt} ends after ${durationMs} ms: ${status ?? "no response"}${cause}${id}`;
}
