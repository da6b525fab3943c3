import { callbackError } from "./failures/explain-callback.js";
import { CallbackError, ProjoError, ProjoTimeoutError } from "./given.js";
import { sayMayBeDone } from "./may-be-done.js";
/** Returns the error of a call, which says whether the server may have carried it out. */
export function callFailure(failed) {
    const { reason, operation, mayBeDone, idempotencyKey } = failed;
    let error = failed.isOver ? timeoutError(failed) : reason;
    if (error instanceof CallbackError)
        error = callbackError(error, operation);
    if (!mayBeDone || idempotencyKey === undefined || !(error instanceof ProjoError))
        return error;
    return sayMayBeDone(error, idempotencyKey);
}
function timeoutError({ connection, operation, isQueued, pendingMethod }) {
    const { baseUrl, timeoutMs } = connection;
    const place = isQueued ? " It waited for one of the places of maxConcurrency." : "";
    const message = pendingMethod === undefined
        ? `${operation} took longer than ${timeoutMs} ms at ${baseUrl}.${place}`
        : `${operation} took longer than ${timeoutMs} ms, because the function ${pendingMethod} of the client's options has not returned.`;
    return new ProjoTimeoutError(message, { operation, code: "TIMEOUT" });
}
