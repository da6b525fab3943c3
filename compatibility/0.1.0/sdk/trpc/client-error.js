// Converts errors of the SDK to errors of @trpc/client.
import { TRPCClientError } from "@trpc/client";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { isProjoError } from "../errors.js";
/**
 * Returns the error as a `TRPCClientError`. An error of the server has its `data`, as with the links of @trpc/client. Any
 * other error has the error of the SDK as `cause`.
 */
export function clientError(error) {
    if (error instanceof TRPCClientError)
        return error;
    const cause = error instanceof Error ? error : new Error(String(error));
    const shape = shapeOf(error);
    return shape === undefined
        ? TRPCClientError.from(cause)
        : TRPCClientError.from({ error: shape }, { cause });
}
function shapeOf(error) {
    if (!isProjoError(error))
        return undefined;
    const { message, code, reason, status, requestId, retryAfterSeconds, fieldErrors } = error;
    if (reason === undefined || status === undefined)
        return undefined;
    return {
        message,
        code: TRPC_ERROR_CODES_BY_KEY[code] ?? TRPC_ERROR_CODES_BY_KEY.INTERNAL_SERVER_ERROR,
        data: {
            // A newer server may send other codes and reasons.
            code: code,
            reason: reason,
            httpStatus: status,
            requestId: requestId ?? "",
            ...(retryAfterSeconds === undefined ? {} : { retryAfter: retryAfterSeconds }),
            ...(fieldErrors === undefined
                ? {}
                : {
                    fieldErrors: Object.fromEntries(Object.entries(fieldErrors).map(([field, all]) => [field, [...all]])),
                }),
        },
    };
}
