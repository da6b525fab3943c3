// Converts errors of the SDK to errors of @trpc/client.
import { TRPCClientError } from "@trpc/client";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { isProjoError } from "../errors.ts";
import type { AppRouter, ErrorShape } from "../generated/app-router.ts";
import type { ErrorCode, Reason } from "../generated/types.ts";

/**
 * Returns the error as a `TRPCClientError`. An error of the server has its `data`, as with the links of @trpc/client. Any
 * other error has the error of the SDK as `cause`.
 */
export function clientError(error: unknown): TRPCClientError<AppRouter> {
  if (error instanceof TRPCClientError) return error as TRPCClientError<AppRouter>;
  const cause = error instanceof Error ? error : new Error(String(error));
  const shape = shapeOf(error);
  return shape === undefined
    ? TRPCClientError.from<AppRouter>(cause)
    : TRPCClientError.from<AppRouter>({ error: shape }, { cause });
}

function shapeOf(error: unknown): ErrorShape | undefined {
  if (!isProjoError(error)) return undefined;
  const { message, code, reason, status, requestId, retryAfterSeconds, fieldErrors } = error;
  if (reason === undefined || status === undefined) return undefined;
  return {
    message,
    code: TRPC_ERROR_CODES_BY_KEY[code as ErrorCode] ?? TRPC_ERROR_CODES_BY_KEY.INTERNAL_SERVER_ERROR,
    data: {
      // A newer server may send other codes and reasons.
      code: code as ErrorCode,
      reason: reason as Reason,
      httpStatus: status,
      requestId: requestId ?? "",
      ...(retryAfterSeconds === undefined ? {} : { retryAfter: retryAfterSeconds }),
      ...(fieldErrors === undefined
        ? {}
        : {
            fieldErrors: Object.fromEntries(
              Object.entries(fieldErrors).map(([field, all]) => [field, [...all]]),
            ),
          }),
    },
  };
}
