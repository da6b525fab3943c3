// One program may load two copies of the SDK, ESM and CommonJS. instanceof fails between them; this mark does not.
const mark = Symbol.for("@projostack/sdk/ProjoError");
/**
 * A call failed. Use `reason` in code and show `message` to users.
 *
 * @example
 * try {
 *   await acme.tasks.delete({ id });
 * } catch (error) {
 *   if (!isProjoError(error) || error.reason !== "task.not_found") throw error;
 * }
 */
export class ProjoError extends Error {
    name = "ProjoError";
    static {
        Object.defineProperty(this.prototype, mark, { value: true });
    }
    constructor(message, fields) {
        super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
        const { operation, code, reason, status, requestId, retryAfterSeconds, fieldErrors } = fields;
        const { mayHaveBeenCarriedOut = false, idempotencyKey, current } = fields;
        // The order in which inspectors show the fields.
        const shown = { operation, code, reason, status, requestId, retryAfterSeconds, fieldErrors };
        Object.assign(this, shown, { mayHaveBeenCarriedOut });
        Object.defineProperties(this, { idempotencyKey: { value: idempotencyKey }, current: { value: current } });
    }
    /** Returns all fields and the message, which JSON.stringify would omit. */
    toJSON() {
        const { name, message, ...fields } = this;
        return { name, message, ...fields };
    }
}
/**
 * The connection failed before the request was sent or before the response was complete. `code` is `CONNECTION_FAILED`.
 *
 * @example
 * if (error instanceof ProjoConnectionError && !error.mayHaveBeenCarriedOut) await repeat();
 */
export class ProjoConnectionError extends ProjoError {
    name = "ProjoConnectionError";
    /** Why the connection failed. A newer version may add values. */
    failure;
    /** The error code of the runtime, such as `ECONNREFUSED`. Undefined when it reports none. */
    systemCode;
    constructor(message, fields) {
        super(message, fields);
        this.failure = fields.failure ?? "unknown";
        this.systemCode = fields.systemCode;
    }
}
/** The call took longer than `timeoutMs`. See `mayHaveBeenCarriedOut`. `code` is `TIMEOUT`. */
export class ProjoTimeoutError extends ProjoError {
    name = "ProjoTimeoutError";
}
/** The operation does not exist. No request was sent. */
export class UnknownOperationError extends TypeError {
    name = "UnknownOperationError";
    operation;
    /** Similar names, the most similar first. */
    closeNames;
    constructor(operation, closeNames) {
        const hint = closeNames.length === 0
            ? " Check its name and the version of the SDK."
            : ` Did you mean ${closeNames.join(" or ")}?`;
        super(`There is no operation ${JSON.stringify(operation)}.${hint}`);
        this.operation = operation;
        this.closeNames = closeNames;
    }
}
export function isProjoError(error, operation) {
    return (typeof error === "object" &&
        error !== null &&
        mark in error &&
        (operation === undefined || ("operation" in error && error.operation === operation)));
}
/**
 * Returns true for a {@link ProjoError} with one of the reasons. The compiler refuses a reason that does not exist. For a
 * reason of a newer server, compare `error.reason`.
 *
 * @example
 * if (isReason(error, "task.not_found", "project.not_found")) return undefined;
 */
export function isReason(error, ...reasons) {
    return isProjoError(error) && reasons.some((reason) => reason === error.reason);
}
