import type { CurrentRow } from "./current-rows.ts";
import type { ErrorCode, Reason } from "./errors.ts";

/** The `error.data` object of every failed response. */
export interface ErrorData {
  code: ErrorCode;
  httpStatus: number;
  reason: Reason;
  /** The id of the request. The `x-request-id` header and the server's log contain it too. */
  requestId: string;
  /** Seconds to wait before the next attempt. */
  retryAfter?: number;
  /** The errors of each input field, by its dotted path. The path `""` is the input as a whole. */
  fieldErrors?: Record<string, string[]>;
  /** The present row, if the reason is a version conflict and the caller may read the row. */
  current?: CurrentRow;
}
