import type { Connection } from "../../options.ts";
import { callbackError } from "./failures/explain-callback.ts";
import { CallbackError, ProjoError, ProjoTimeoutError } from "./given.ts";
import { sayMayBeDone } from "./may-be-done.ts";

export interface FailedCall {
  readonly reason: unknown;
  readonly connection: Connection;
  readonly operation: string;
  /** True when the call took longer than its timeout. */
  readonly isOver: boolean;
  /** True when the call waited for one of `maxConcurrency` places. */
  readonly isQueued: boolean;
  /** True for a mutation that the server may have carried out. */
  readonly mayBeDone: boolean;
  readonly idempotencyKey: string | undefined;
  /** The method of the token store that has not returned yet: `tokens.get`. */
  readonly pendingMethod: string | undefined;
}

/** Returns the error of a call, which says whether the server may have carried it out. */
export function callFailure(failed: FailedCall): unknown {
  const { reason, operation, mayBeDone, idempotencyKey } = failed;
  let error = failed.isOver ? timeoutError(failed) : reason;
  if (error instanceof CallbackError) error = callbackError(error, operation);
  if (!mayBeDone || idempotencyKey === undefined || !(error instanceof ProjoError)) return error;
  return sayMayBeDone(error, idempotencyKey);
}

function timeoutError({ connection, operation, isQueued, pendingMethod }: FailedCall): ProjoError {
  const { baseUrl, timeoutMs } = connection;
  const place = isQueued ? " It waited for one of the places of maxConcurrency." : "";
  const message =
    pendingMethod === undefined
      ? `${operation} took longer than ${timeoutMs} ms at ${baseUrl}.${place}`
      : `${operation} took longer than ${timeoutMs} ms, because the function ${pendingMethod} of the client's options has not returned.`;
  return new ProjoTimeoutError(message, { operation, code: "TIMEOUT" });
}
