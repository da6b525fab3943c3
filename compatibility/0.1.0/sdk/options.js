import { parseBaseUrl } from "./base-url.js";
import { hooksOf } from "./call/hooks.js";
import { createPlaceQueue } from "./call/place-queue.js";
import { checkHeaderText } from "./header-text.js";
import { unknownOption } from "./option-names.js";
import { platform } from "./platform.js";
import { checkCredential, tokenFunctionStore } from "./session/credential.js";
import { memoryTokenStore } from "./session/token-store.js";
import { defaultFetch, userAgent } from "./server-part.js";
// The compiler requires each name here.
const clientOptionNames = Object.keys({
    baseUrl: 1,
    token: 1,
    tokens: 1,
    session: 1,
    workspaceId: 1,
    headers: 1,
    fetch: 1,
    timeoutMs: 1,
    maxRetries: 1,
    maxConcurrency: 1,
    traceparent: 1,
    userAgent: 1,
    onRequest: 1,
    onResponse: 1,
    onRetry: 1,
    debug: 1,
});
export const callOptionNames = Object.keys({
    signal: 1,
    timeoutMs: 1,
    maxRetries: 1,
    workspaceId: 1,
    headers: 1,
    idempotencyKey: 1,
    traceparent: 1,
});
/** Returns true if the object has only options of a call, and its signal is one. */
export function isCallOptions(options) {
    return Object.keys(options).every((name) => callOptionNames.includes(name)) && isSignal(options);
}
export function isSignal({ signal }) {
    return (signal === undefined || (typeof signal === "object" && signal !== null && "addEventListener" in signal));
}
/** Validates the options and adds the defaults. @throws TypeError that names an invalid option and its valid values */
export function checkOptions(options) {
    const unknown = Object.keys(options).find((name) => !clientOptionNames.includes(name));
    if (unknown !== undefined)
        throw new TypeError(unknownOption(unknown, clientOptionNames));
    const { token, tokens, session, userAgent: suffix } = options;
    if (token !== undefined && tokens !== undefined) {
        throw new TypeError("Set either token or tokens, not both.");
    }
    if (session !== undefined) {
        if (session !== "cookie" || (token ?? tokens) !== undefined) {
            throw new TypeError('session must be "cookie", without token and tokens.');
        }
        if (options.fetch === undefined && platform().location === undefined) {
            throw new TypeError('session: "cookie" needs a browser. On a server, use createServerClient of the subpath /server.');
        }
    }
    if (options.fetch !== undefined && typeof options.fetch !== "function") {
        throw new TypeError("fetch must be a function.");
    }
    if (suffix !== undefined && !(typeof suffix === "string" && /^[\x20-\x7e]+$/.test(suffix))) {
        throw new TypeError("userAgent must be printable ASCII.");
    }
    const methods = ["get", "set", "clear"];
    if (tokens !== undefined && !methods.every((method) => typeof tokens?.[method] === "function")) {
        throw new TypeError("tokens must be an object with the methods get, set and clear.");
    }
    const defaults = {
        baseUrl: parseBaseUrl(options.baseUrl),
        tokens: tokens ??
            (typeof token === "function"
                ? tokenFunctionStore(token)
                : memoryTokenStore(token === undefined ? undefined : { accessToken: checkCredential(token) })),
        session,
        workspaceId: undefined,
        headers: options.headers,
        fetch: options.fetch ?? defaultFetch,
        timeoutMs: 30_000,
        maxRetries: 2,
        userAgent: () => userAgent(suffix),
        traceparent: options.traceparent,
        places: createPlaceQueue(checkConcurrency(options.maxConcurrency ?? 100)),
        hooks: hooksOf(options),
    };
    return withCallOptions(defaults, options);
}
/** Overrides the client's options with those of one call. @throws TypeError that names an invalid option */
export function withCallOptions(connection, options) {
    const { timeoutMs, maxRetries, workspaceId } = options;
    return {
        ...connection,
        ...(timeoutMs === undefined ? {} : { timeoutMs: checkTimeout(timeoutMs) }),
        ...(maxRetries === undefined ? {} : { maxRetries: checkRetries(maxRetries) }),
        ...(workspaceId === undefined ? {} : { workspaceId: checkWorkspaceId(workspaceId) }),
    };
}
export function checkWorkspaceId(id) {
    return checkHeaderText(id, "The workspace id");
}
function checkTimeout(ms) {
    // A longer delay overflows the timers of all runtimes, which then fire immediately.
    if (typeof ms === "number" && ms > 0 && ms <= 2_147_483_647)
        return ms;
    throw new TypeError("timeoutMs must be a number of milliseconds above 0 and at most 2147483647.");
}
function checkRetries(count) {
    if (Number.isInteger(count) && count >= 0)
        return count;
    throw new TypeError("maxRetries must be a whole number, 0 or more.");
}
function checkConcurrency(count) {
    if (count === Infinity || (Number.isInteger(count) && count > 0))
        return count;
    throw new TypeError("maxConcurrency must be a whole number above 0, or Infinity.");
}
