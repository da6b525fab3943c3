// Sends one HTTP request and reads its response.
import { CallbackError } from "./callback-error.js";
import { ProjoConnectionError } from "../errors.js";
import { loadRecovery } from "./load-recovery.js";
import { defaultFetch } from "../server-part.js";
/** @throws ProjoConnectionError, or CallbackError when the caller's fetch failed for another reason than the network */
export async function exchange({ fetch, baseUrl }, deadline, { operation, input, request, isRepeatable }) {
    const { url, ...init } = request;
    try {
        const response = await deadline.within(
        // Do not follow a redirect: it would send the token to another host.
        fetch(url, { ...init, redirect: "manual", signal: deadline.signal }));
        return await readRaw(response, deadline);
    }
    catch (error) {
        if (deadline.signal.aborted || error instanceof CallbackError)
            throw error;
        const isRuntimeFetch = fetch === defaultFetch;
        const failed = { operation, baseUrl, isRepeatable, isRuntimeFetch, request, input };
        const recovery = await deadline.within(loadRecovery());
        throw (recovery?.fetchFailure(error, failed) ??
            new ProjoConnectionError(`Cannot reach ${baseUrl}.`, {
                operation,
                code: "CONNECTION_FAILED",
                mayHaveBeenCarriedOut: !isRepeatable,
            }));
    }
}
async function readRaw(response, deadline) {
    // The types do not allow another value, but a program in JavaScript may return it.
    const { status, headers } = response ?? {};
    if (typeof status !== "number" || !headers?.get || !response.text || response.bodyUsed)
        throw new CallbackError(`The function fetch of the client's options returned ${response?.bodyUsed ? "a response whose body is already read" : "no response"}.`);
    const text = await deadline.within(response.text());
    if (typeof text !== "string")
        throw new CallbackError("The function fetch of the client's options returned a response without a text.");
    return {
        status,
        headers,
        isRedirect: response.type === "opaqueredirect" || (status >= 300 && status < 400),
        proxy: response.proxy,
        requestId: headers.get("x-request-id") ?? undefined,
        text,
    };
}
