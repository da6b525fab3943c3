import type { ErrorShape } from "@projostack/contract";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { httpStatusOf, reasons } from "@projostack/contract";
import type { Failure } from "./failure.ts";

/** The `error` object of a response. Its code and message come from the contract's lists of reasons and causes. */
export function errorShape(failure: Failure, requestId: string): ErrorShape {
  const [code] = reasons[failure.reason];
  return {
    message: failure.message,
    code: TRPC_ERROR_CODES_BY_KEY[code],
    data: {
      code,
      httpStatus: httpStatusOf(failure.reason),
      reason: failure.reason,
      requestId,
      ...(failure.retryAfterSeconds === undefined ? {} : { retryAfter: failure.retryAfterSeconds }),
      ...(failure.fieldErrors === undefined ? {} : { fieldErrors: failure.fieldErrors }),
      ...(failure.current === undefined ? {} : { current: failure.current }),
    },
  };
}
