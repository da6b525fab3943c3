import { ProjoError, type ReasonError } from "../errors.ts";
import { reasons } from "../generated/reasons.ts";
import type { Reason } from "../generated/types.ts";

/** What an error says beside its reason. */
export interface ErrorOptions {
  /** Default: the server's message for the reason. */
  message?: string | undefined;
  /** The name of the operation. A test client sets it to the operation that fails. */
  operation?: string | undefined;
  requestId?: string | undefined;
  retryAfterSeconds?: number | undefined;
  fieldErrors?: Readonly<Record<string, readonly string[]>> | undefined;
}

/**
 * Creates the error of a server that refuses a call, with the code, the status and the message of the reason.
 *
 * @example
 * const client = createTestClient({ "tasks.get": projoError("task.not_found") });
 */
export function projoError<R extends Reason>(
  reason: R,
  { message, operation = "unknown", ...options }: ErrorOptions = {},
): ReasonError<R> {
  const [code, status, text] = reasons[reason];
  const error = new ProjoError(message ?? text, {
    requestId: "test",
    ...options,
    operation,
    code,
    status,
    reason,
  });
  return error as ReasonError<R>;
}

/**
 * Creates an error that a handler throws to break the connection. The call rejects with a `ProjoConnectionError`, after its
 * retries. The code is one of Node.js: `ECONNRESET` (the default), `ECONNREFUSED`, `ENOTFOUND`.
 */
export function connectionFailure(code = "ECONNRESET"): Error {
  const failure: Error = new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
  return Object.assign(failure, { [brokenConnection]: true });
}

const brokenConnection = Symbol("brokenConnection");

export function isConnectionFailure(error: unknown): boolean {
  return error instanceof Error && brokenConnection in error;
}
