// Calls the methods of a caller's token store. It reports a failure as one of the store, and does not wait for a method for
// ever, because the next change of the session would wait too.
import { CallbackError, callbackThrew } from "../call/callback-error.js";
import { needRecovery } from "../call/load-recovery.js";
import { startTimeLimit } from "../time-limit.js";
import { isTokenFunctionStore } from "./credential.js";
/** The time after which a method of the store has failed. A lock also waits for the work of other processes. */
const METHOD_LIMIT_MS = 30_000;
const LOCK_LIMIT_MS = 120_000;
/** @throws CallbackError from each method */
export function guardStore(store) {
    const pending = new Set();
    const guard = async (callback, act, failure = {}, limitMs = METHOD_LIMIT_MS) => {
        const limit = startTimeLimit(limitMs);
        pending.add(callback);
        try {
            return await Promise.race([act(), limit.reached]);
        }
        catch (thrown) {
            // The SDK's own store of a token function names that function, and refuses an invalid token with a TypeError.
            if (thrown instanceof CallbackError || isTokenFunctionStore(store))
                throw thrown;
            throw callbackThrew(callback, { thrown, ...failure });
        }
        finally {
            limit.release();
            pending.delete(callback);
        }
    };
    return {
        get: async () => checkTokens(await guard(isTokenFunctionStore(store) ? "token" : "tokens.get", () => store.get())),
        set: (tokens, note) => guard("tokens.set", () => store.set(tokens), {
            secrets: [tokens.accessToken, tokens.refreshToken ?? ""],
            note,
        }),
        clear: () => guard("tokens.clear", () => store.clear()),
        lock: async (work) => {
            if (!store.lock)
                return await work();
            const { runLocked } = await needRecovery("tokens.lock");
            return await runLocked(work, (run) => guard("tokens.lock", () => store.lock?.(run), {}, LOCK_LIMIT_MS));
        },
        // The methods inside the lock are called after it.
        pendingMethod: () => [...pending].at(-1),
    };
}
/** Checks what the store returns. A store of a browser returns null when it has no value. */
function checkTokens(value) {
    if (value === undefined || value === null)
        return undefined;
    const { accessToken, refreshToken } = value;
    if (isText(accessToken) && (refreshToken === undefined || isText(refreshToken)))
        return value;
    throw new CallbackError("The function tokens.get of the client's options returned neither undefined nor tokens with an accessToken.");
}
function isText(value) {
    return typeof value === "string";
}
