import type { ErrorShape } from "@projostack/contract";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { reasons } from "@projostack/contract";
import type { Failure } from "./failure.ts";

/** The `error` object of a response. Its code and message come from the contract's list of reasons. */
export function errorShape(failure: Failure, requestId: string): ErrorShape {
  const [code, message] = reasons[failure.reason];
  return {
    message,
    code: TRPC_ERROR_CODES_BY_KEY[code],
    data: {
      code,
      httpStatus: getHTTPStatusCodeFromError(failure),
      reason: failure.reason,
      requestId,
      ...(failure.retryAfterSeconds === undefined ? {} : { retryAfter: failure.retryAfterSeconds }),
      ...(failure.fieldErrors === undefined ? {} : { fieldErrors: failure.fieldErrors }),
    },
  };
}
