/**
 * A function that the caller passed to the client failed: fetch, a method of the token store, or a function for an option.
 * `openCall` turns it into the error of the call.
 */
export class CallbackError extends Error {
    details;
    constructor(message, details = {}) {
        super(message);
        this.details = details;
    }
}
/** @param callback the name of the function: `fetch`, `tokens.set` */
export const callbackThrew = (callback, details) => new CallbackError(`The function ${callback} of the client's options failed.`, details);
/** @throws CallbackError when the function of the caller fails */
export async function askCallback(callback, act) {
    try {
        return await act();
    }
    catch (thrown) {
        throw callbackThrew(callback, { thrown });
    }
}
