import { ProjoError } from "../given.js";
import { safeCause } from "./safe-cause.js";
/** Describes a failed function of the caller. Its error is the cause, without the token and the input of the call. */
export function callbackError({ message, details }, operation) {
    const { thrown, secrets = [], note = NOT_REPEATED } = details;
    const cause = safeCause(thrown, secrets);
    return new ProjoError(`${message.replace(/\.$/, textOf(cause))} ${note}`, {
        operation,
        code: "CALLBACK_FAILED",
        cause,
    });
}
const NOT_REPEATED = "This is no failure of the network or the server, so the client has not repeated the call.";
function textOf(cause) {
    if (!(cause instanceof Error))
        return typeof cause === "string" ? `: ${cause}.` : ".";
    return `: ${cause.name}: ${cause.message.replace(/\.$/, "")}.`;
}
