import { CallbackError, platform } from "../given.js";
import { connectionError } from "./connection-failure.js";
import { isNetworkFailure } from "./network-failure.js";
import { secretsOf } from "./safe-cause.js";
/** Turns an error of `fetch` into one of the connection or, when it is a bug of the caller's own fetch, into one of fetch. */
export function fetchFailure(thrown, failed) {
    // If the runtime has no fetch, the error says so.
    if (failed.isRuntimeFetch && platform().fetch === undefined)
        throw thrown;
    const secrets = secretsOf(failed.request, failed.input);
    if (failed.isRuntimeFetch || isNetworkFailure(thrown))
        return connectionError(thrown, { ...failed, secrets });
    return new CallbackError("The function fetch of the client's options failed.", { thrown, secrets });
}
