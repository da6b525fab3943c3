import { CallbackError } from "./given.js";
/**
 * Returns the trace context, which must be a valid `traceparent` of W3C Trace Context.
 *
 * @throws TypeError
 * @throws CallbackError when the function fails
 */
export function readTraceparent(traceparent) {
    const text = typeof traceparent === "function" ? ask(traceparent) : traceparent;
    // Ids of zeros, and the version ff, are invalid.
    const form = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;
    if (text === undefined || (typeof text === "string" && form.test(text)))
        return text;
    throw new TypeError("traceparent must have the form of W3C Trace Context: 00-<32 digits>-<16 digits>-<2 digits>, in lower-case hexadecimal.");
}
function ask(traceparent) {
    try {
        return traceparent();
    }
    catch (thrown) {
        throw new CallbackError("The function traceparent of the client's options failed.", { thrown });
    }
}
