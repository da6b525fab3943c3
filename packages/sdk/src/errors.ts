// The errors of a call. No error contains the token, the input or the request, so errors are safe to log.
import type { ErrorCode, Reason } from "./generated/types.ts";

/** Codes that the SDK sets when there is no valid response of the server. */
export type ClientErrorCode = "CONNECTION_FAILED" | "TIMEOUT" | "UNEXPECTED_ANSWER";

/**
 * Why a connection failed. After `connection_lost`, `response_damaged` and `unknown`, the server may have received the
 * request. After all others, it has not. Browsers do not report the cause: there, it is always `unknown`.
 */
export type ConnectionFailure =
  | "unreachable"
  | "unknown_host"
  | "port_blocked"
  | "not_http"
  | "not_tls"
  | "tls_failed"
  | "certificate_untrusted"
  | "certificate_expired"
  | "certificate_of_another_host"
  | "proxy_unreachable"
  | "proxy_refused"
  | "connection_lost"
  | "response_damaged"
  | "unknown";

/** A string with known values, which editors suggest. Other values are allowed. */
type OpenUnion<T extends string> = T | (string & Record<never, never>);

/** The fields of a {@link ProjoError}, which documents them. */
export interface ProjoErrorFields {
  operation: string;
  code: OpenUnion<ErrorCode | ClientErrorCode>;
  reason?: OpenUnion<Reason> | undefined;
  status?: number | undefined;
  requestId?: string | undefined;
  retryAfterSeconds?: number | undefined;
  fieldErrors?: Readonly<Record<string, readonly string[]>> | undefined;
  mayHaveBeenCarriedOut?: boolean | undefined;
}

/** The fields of a {@link ProjoConnectionError}, which documents them. */
export interface ConnectionErrorFields extends ProjoErrorFields {
  failure?: ConnectionFailure | undefined;
  systemCode?: string | undefined;
}

// One program may load two copies of the SDK, ESM and CommonJS. instanceof fails between them; this mark does not.
const mark = Symbol.for("@projostack/sdk/ProjoError");

/**
 * A call failed. Use `reason` in code and show `message` to users.
 *
 * @example
 * try {
 *   await acme.tasks.delete({ id });
 * } catch (error) {
 *   if (!isProjoError(error) || error.reason !== "task.not_found") throw error;
 * }
 */
export class ProjoError extends Error {
  override readonly name: string = "ProjoError";
  /** The name of the operation: `tasks.create`. */
  readonly operation: string;
  /** The class of the failure: the server's error code, or a {@link ClientErrorCode}. */
  readonly code: OpenUnion<ErrorCode | ClientErrorCode>;
  /** Why the server refused the call. Undefined without a response of the server. A newer server may send new reasons. */
  readonly reason: OpenUnion<Reason> | undefined;
  /** The HTTP status. Undefined without a response. */
  readonly status: number | undefined;
  /** The id of the request in the server's log. Include it in a support request. */
  readonly requestId: string | undefined;
  /** The number of seconds to wait before the next attempt. */
  readonly retryAfterSeconds: number | undefined;
  /** The messages for each invalid field of the input, keyed by its dotted path. `""` is the whole input. */
  readonly fieldErrors: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * True when the call is a mutation and its response was lost: the server may or may not have carried it out. Check its
   * effect before you repeat it. False when the call had no effect, and for a query, which can always be repeated.
   */
  readonly mayHaveBeenCarriedOut: boolean;

  static {
    Object.defineProperty(this.prototype, mark, { value: true });
  }

  constructor(message: string, fields: ProjoErrorFields) {
    super(message);
    this.operation = fields.operation;
    this.code = fields.code;
    this.reason = fields.reason;
    this.status = fields.status;
    this.requestId = fields.requestId;
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.fieldErrors = fields.fieldErrors;
    this.mayHaveBeenCarriedOut = fields.mayHaveBeenCarriedOut ?? false;
  }

  /** Returns all fields and the message, which JSON.stringify would omit. */
  toJSON(): Record<string, unknown> {
    const { name, message, ...fields } = this;
    return { name, message, ...fields };
  }
}

/**
 * The connection failed before the request was sent or before the response was complete. `code` is `CONNECTION_FAILED`.
 *
 * @example
 * if (error instanceof ProjoConnectionError && !error.mayHaveBeenCarriedOut) await repeat();
 */
export class ProjoConnectionError extends ProjoError {
  override readonly name: string = "ProjoConnectionError";
  /** Why the connection failed. A newer version may add values. */
  readonly failure: OpenUnion<ConnectionFailure>;
  /** The error code of the runtime, such as `ECONNREFUSED`. Undefined when it reports none. */
  readonly systemCode: string | undefined;

  constructor(message: string, fields: ConnectionErrorFields) {
    super(message, fields);
    this.failure = fields.failure ?? "unknown";
    this.systemCode = fields.systemCode;
  }
}

/** The call took longer than `timeoutMs`. See `mayHaveBeenCarriedOut`. `code` is `TIMEOUT`. */
export class ProjoTimeoutError extends ProjoError {
  override readonly name: string = "ProjoTimeoutError";
}

/** The operation does not exist. No request was sent. */
export class UnknownOperationError extends TypeError {
  override readonly name: string = "UnknownOperationError";
  readonly operation: string;
  /** Similar names, the most similar first. */
  readonly closeNames: readonly string[];

  constructor(operation: string, closeNames: readonly string[]) {
    const hint =
      closeNames.length === 0
        ? " Check its name and the version of the SDK."
        : ` Did you mean ${closeNames.join(" or ")}?`;
    super(`There is no operation ${JSON.stringify(operation)}.${hint}`);
    this.operation = operation;
    this.closeNames = closeNames;
  }
}

/** Returns true for a {@link ProjoError} of this or another copy of the SDK. Prefer it to `instanceof`. */
export function isProjoError(error: unknown): error is ProjoError {
  return typeof error === "object" && error !== null && mark in error;
}
