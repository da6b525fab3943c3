/** Returns a copy of the error with other fields and more sentences. Errors are immutable, and calls may share one. */
export function extendError(error, sentence, fields = {}) {
    const copy = new error.constructor(`${error.message}${sentence}`, {
        // oxlint-disable-next-line typescript/no-misused-spread -- the constructor takes the fields of the error
        ...error,
        // The spread contains enumerable fields only.
        cause: error.cause,
        idempotencyKey: error.idempotencyKey,
        ...fields,
    });
    if (error.stack !== undefined)
        copy.stack = error.stack.replace(error.message, () => copy.message);
    return copy;
}
/**
 * Says in the error of a mutation that the server may have carried it out. A message of the server is extended only when the
 * error is about a later attempt.
 */
export function sayMayBeDone(error, idempotencyKey) {
    const isOfServer = error.reason !== undefined && error.mayHaveBeenCarriedOut;
    const sentence = isOfServer ? "" : ` ${explainMayBeDone(error)}`;
    return extendError(error, sentence, { mayHaveBeenCarriedOut: true, idempotencyKey });
}
function explainMayBeDone({ operation, message }) {
    const done = message.startsWith(operation) ? "it out" : `out ${operation}`;
    return `The server may have carried ${done}. Check its effect before you repeat it, or repeat it with the idempotencyKey of this error.`;
}
