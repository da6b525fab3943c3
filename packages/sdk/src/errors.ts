// The errors of a call. No error contains the token, the input or the request, so errors are safe to log.
import type { OperationTypes } from "./generated/operation-types.ts";
import type { CurrentRows, ErrorCode, Reason } from "./generated/types.ts";

/** Codes that the SDK sets when there is no valid response of the server. */
export type ClientErrorCode = "CONNECTION_FAILED" | "TIMEOUT" | "UNEXPECTED_ANSWER" | "CALLBACK_FAILED";

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
  idempotencyKey?: string | undefined;
  current?: object | undefined;
  cause?: unknown;
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
  declare readonly operation: string;
  /** The class of the failure: the server's error code, or a {@link ClientErrorCode}. */
  declare readonly code: OpenUnion<ErrorCode | ClientErrorCode>;
  /** Why the server refused the call. Undefined without a response of the server. A newer server may send new reasons. */
  declare readonly reason: OpenUnion<Reason> | undefined;
  /** The HTTP status. Undefined without a response. */
  declare readonly status: number | undefined;
  /** The id of the request in the server's log. Include it in a support request. */
  declare readonly requestId: string | undefined;
  /** The number of seconds to wait before the next attempt. */
  declare readonly retryAfterSeconds: number | undefined;
  /** The messages for each invalid field of the input, keyed by its dotted path. `""` is the whole input. */
  declare readonly fieldErrors: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * True when the call is a mutation and its response was lost: the server may or may not have carried it out. Check its
   * effect before you repeat it. False when the call had no effect, and for a query, which can always be repeated.
   */
  declare readonly mayHaveBeenCarriedOut: boolean;
  /**
   * The idempotency key of the call, if it may have been carried out. A repetition with this key within 24 hours has no second
   * effect: pass it as `idempotencyKey`. Inspectors and JSON do not show it, because it decrypts the stored answer.
   */
  declare readonly idempotencyKey: string | undefined;
  /**
   * The present row, if the reason is a version conflict and the token may read the row. {@link isReason} narrows its type.
   * Inspectors and JSON do not show it, because errors are logged.
   *
   * @example
   * if (isReason(error, "task.version_conflict")) showConflict(error.current);
   */
  declare readonly current: CurrentRows[keyof CurrentRows] | undefined;

  static {
    Object.defineProperty(this.prototype, mark, { value: true });
  }

  constructor(message: string, fields: ProjoErrorFields) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    const { operation, code, reason, status, requestId, retryAfterSeconds, fieldErrors } = fields;
    const { mayHaveBeenCarriedOut = false, idempotencyKey, current } = fields;
    // The order in which inspectors show the fields.
    const shown = { operation, code, reason, status, requestId, retryAfterSeconds, fieldErrors };
    Object.assign(this, shown, { mayHaveBeenCarriedOut });
    Object.defineProperties(this, { idempotencyKey: { value: idempotencyKey }, current: { value: current } });
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

/** The reasons with which an operation fails: `ReasonsOf<"tasks.create">`. */
export type ReasonsOf<Name extends string> = Name extends keyof OperationTypes
  ? OperationTypes[Name]["reason"]
  : Reason;

/** A {@link ProjoError} of a known operation. Its `reason` completes the reasons of this operation. */
export type OperationError<Name extends string = string> = Error &
  Omit<ProjoError, "operation" | "reason"> & {
    readonly operation: Name;
    /** Why the server refused the call. A newer server may send new reasons. */
    readonly reason: OpenUnion<ReasonsOf<Name>> | undefined;
  };

/** A {@link ProjoError} with one of the reasons. */
export type ReasonError<R extends Reason> = Error &
  Omit<ProjoError, "reason" | "current"> & {
    readonly reason: R;
    readonly current: R extends keyof CurrentRows ? CurrentRows[R] | undefined : undefined;
  };

/**
 * Returns true for a {@link ProjoError} of this or another copy of the SDK. Prefer it to `instanceof`. With the name of an
 * operation, returns true only for an error of that operation.
 */
export function isProjoError(error: unknown): error is ProjoError;
export function isProjoError<Name extends keyof OperationTypes>(
  error: unknown,
  operation: Name,
): error is OperationError<Name>;
export function isProjoError(error: unknown, operation?: string): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    mark in error &&
    (operation === undefined || ("operation" in error && error.operation === operation))
  );
}

/**
 * Returns true for a {@link ProjoError} with one of the reasons. The compiler refuses a reason that does not exist. For a
 * reason of a newer server, compare `error.reason`.
 *
 * @example
 * if (isReason(error, "task.not_found", "project.not_found")) return undefined;
 */
export function isReason<R extends Reason>(
  error: unknown,
  ...reasons: readonly R[]
): error is ReasonError<R> {
  return isProjoError(error) && reasons.some((reason) => reason === error.reason);
}
