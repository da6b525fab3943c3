import { onAbort } from "./on-abort.js";
import { platform } from "../platform.js";
export function startDeadline(ms, clock, caller) {
    const { AbortController, setTimeout, clearTimeout } = platform();
    const endsAt = clock.now() + ms;
    const controller = new AbortController();
    const signal = controller.signal;
    let over = false;
    const abort = () => controller.abort();
    const timer = setTimeout(() => {
        over = caller?.aborted !== true;
        abort();
    }, ms);
    const removeAbort = caller === undefined ? undefined : onAbort(caller, abort);
    const ended = new Promise((_, reject) => {
        const end = () => reject(new Error("The call has ended."));
        signal.addEventListener("abort", end);
        if (signal.aborted)
            end();
    });
    // Prevent an unhandled rejection when no work is waiting at the deadline.
    ended.catch(() => undefined);
    return {
        signal: controller.signal,
        isOver: () => over,
        remainingMs: () => endsAt - clock.now(),
        within: (work) => Promise.race([work, ended]),
        release: () => {
            clearTimeout(timer);
            removeAbort?.();
        },
    };
}
