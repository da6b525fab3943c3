import { CallbackError, platform, type ProjoConnectionError } from "../given.ts";
import { connectionError, type FailedRequest } from "./connection-failure.ts";
import { isNetworkFailure } from "./network-failure.ts";
import { secretsOf, type SecretRequest } from "./safe-cause.ts";

export interface FailedFetch extends Omit<FailedRequest, "secrets"> {
  /** True for the runtime's own fetch, which fails for the network only. */
  readonly isRuntimeFetch: boolean;
  readonly request: SecretRequest;
  readonly input: unknown;
}

/** Turns an error of `fetch` into one of the connection or, when it is a bug of the caller's own fetch, into one of fetch. */
export function fetchFailure(thrown: unknown, failed: FailedFetch): ProjoConnectionError | CallbackError {
  // If the runtime has no fetch, the error says so.
  if (failed.isRuntimeFetch && platform().fetch === undefined) throw thrown;
  const secrets = secretsOf(failed.request, failed.input);
  if (failed.isRuntimeFetch || isNetworkFailure(thrown))
    return connectionError(thrown, { ...failed, secrets });
  return new CallbackError("The function fetch of the client's options failed.", { thrown, secrets });
}
