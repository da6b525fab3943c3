import { ProjoError, startTimeLimit } from "./given.js";
import { extendError } from "./may-be-done.js";
/** The time that a sign-out which has failed waits for the store. */
const CLEAR_LIMIT_MS = 500;
/**
 * Deletes the tokens although the server did not answer: the user must not stay signed in on this device. Returns the error of
 * the call. An answer of the server is a reason to try again with the tokens.
 */
export async function signOutHere(error, isAborted, clear) {
    if (!isAborted && !isWithoutServer(error))
        return error;
    const limit = startTimeLimit(CLEAR_LIMIT_MS);
    const isCleared = await Promise.race([clear(), limit.reached]).then(() => true, () => false);
    limit.release();
    if (!(error instanceof ProjoError))
        return error;
    const sentence = isCleared
        ? " The client has deleted the tokens. If the server did not get the request, its session ends when it expires or is revoked."
        : " The token store did not delete the tokens either.";
    return extendError(error, sentence);
}
/** Returns true when no answer of the server arrived. */
function isWithoutServer(error) {
    if (!(error instanceof ProjoError))
        return false;
    const { code, status = 0 } = error;
    if (code === "UNEXPECTED_ANSWER")
        return status >= 502 && status <= 504;
    return code === "CONNECTION_FAILED" || code === "TIMEOUT";
}
