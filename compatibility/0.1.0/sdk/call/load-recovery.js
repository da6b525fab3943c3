import { ProjoConnectionError, ProjoError, ProjoTimeoutError } from "../errors.js";
import { tokensFrom } from "../session/token-store.js";
import { startTimeLimit } from "../time-limit.js";
import { CallbackError } from "./callback-error.js";
const LOAD_LIMIT_MS = 30_000;
let loading;
/** Starts to load what a call needs after a failure. Each call does so, because there may be no network after a failure. */
export const startLoading = () => (loading ??= load());
/** Returns what a call needs after a failure. Undefined when it cannot be loaded: the call then ends with the plain error. */
export async function loadRecovery(limitMs = LOAD_LIMIT_MS) {
    const limit = startTimeLimit(limitMs);
    try {
        return await Promise.race([startLoading(), limit.reached]);
    }
    catch {
        return undefined;
    }
    finally {
        limit.release();
    }
}
async function load() {
    try {
        const recovery = await import("./recovery/recovery.js");
        recovery.handIn({
            CallbackError,
            ProjoConnectionError,
            ProjoError,
            ProjoTimeoutError,
            startTimeLimit,
            tokensFrom,
        });
        return recovery;
    }
    catch {
        loading = undefined;
        return undefined;
    }
}
/** As `loadRecovery`, for what has no plain form. @throws ProjoError when it cannot be loaded */
export async function needRecovery(operation) {
    const recovery = await loadRecovery();
    if (recovery)
        return recovery;
    throw new ProjoError("A file of the SDK cannot be loaded. Check the network, or reload the page.", {
        operation,
        code: "CONNECTION_FAILED",
    });
}
