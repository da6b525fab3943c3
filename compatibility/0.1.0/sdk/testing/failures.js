import { ProjoError } from "../errors.js";
import { reasons } from "../generated/reasons.js";
/**
 * Creates the error of a server that refuses a call, with the code, the status and the message of the reason.
 *
 * @example
 * const client = createTestClient({ "tasks.get": projoError("task.not_found") });
 */
export function projoError(reason, { message, operation = "unknown", ...options } = {}) {
    const [code, status, text] = reasons[reason];
    const error = new ProjoError(message ?? text, {
        requestId: "test",
        ...options,
        operation,
        code,
        status,
        reason,
    });
    return error;
}
/**
 * Creates an error that a handler throws to break the connection. The call rejects with a `ProjoConnectionError`, after its
 * retries. The code is one of Node.js: `ECONNRESET` (the default), `ECONNREFUSED`, `ENOTFOUND`.
 */
export function connectionFailure(code = "ECONNRESET") {
    const failure = new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
    return Object.assign(failure, { [brokenConnection]: true });
}
const brokenConnection = Symbol("brokenConnection");
export function isConnectionFailure(error) {
    return error instanceof Error && brokenConnection in error;
}
