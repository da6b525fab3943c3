// What a call can fail with. No error holds the token, the input or the request, so that logging one is safe.
import type { ErrorCode, Reason } from "./generated/types.ts";

/** What the SDK says when no answer of the server tells the class of a failure. */
export type ClientErrorCode = "CONNECTION_FAILED" | "TIMEOUT" | "UNEXPECTED_ANSWER";

/** A string of which some values are known, so that an editor offers them. */
type Known<T extends string> = T | (string & Record<never, never>);

export interface ProjoErrorFields {
  operation: string;
  code: Known<ErrorCode | ClientErrorCode>;
  reason?: Known<Reason> | undefined;
  status?: number | undefined;
  requestId?: string | undefined;
  retryAfterSeconds?: number | undefined;
  fieldErrors?: Readonly<Record<string, readonly string[]>> | undefined;
}

// Two copies of the SDK, ESM and CommonJS, may meet in one program; instanceof tells them apart, this does not.
const mark = Symbol.for("@projostack/sdk/ProjoError");

/** A call failed. Decide by `reason`; show `message` to people. */
export class ProjoError extends Error {
  override readonly name: string = "ProjoError";
  /** The call that failed: `tasks.create`. */
  readonly operation: string;
  readonly code: Known<ErrorCode | ClientErrorCode>;
  /** Why the server refused. Undefined when no answer of the server was read. A newer server may know others. */
  readonly reason: Known<Reason> | undefined;
  /** The HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** Quote it when you ask for help: it is in the server's log. */
  readonly requestId: string | undefined;
  /** How long the server asks to wait before the next try. */
  readonly retryAfterSeconds: number | undefined;
  /** What is wrong with each field of the input, by its dotted path. `""` is the input as a whole. */
  readonly fieldErrors: Readonly<Record<string, readonly string[]>> | undefined;

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
  }

  /** For logs: the message, which JSON leaves out of errors, and every field that is there. */
  toJSON(): Record<string, unknown> {
    const { name, message, operation, code, reason, status, requestId, retryAfterSeconds, fieldErrors } =
      this;
    return { name, message, operation, code, reason, status, requestId, retryAfterSeconds, fieldErrors };
  }
}

/** The server could not be reached, or the connection broke before its answer was there. */
export class ProjoConnectionError extends ProjoError {
  override readonly name: string = "ProjoConnectionError";
}

/** The call took longer than its `timeoutMs`. Whether the server carried it out is not known. */
export class ProjoTimeoutError extends ProjoError {
  override readonly name: string = "ProjoTimeoutError";
}

/** The SDK knows no such operation. A mistake in the program, so nothing was sent. */
export class UnknownOperationError extends TypeError {
  override readonly name: string = "UnknownOperationError";
  readonly operation: string;
  /** Names that look like it, the closest first. */
  readonly closeNames: readonly string[];

  constructor(operation: string, closeNames: readonly string[]) {
    const hint = closeNames.length === 0 ? "" : ` Did you mean ${closeNames.join(" or ")}?`;
    super(`There is no operation ${JSON.stringify(operation)}.${hint}`);
    this.operation = operation;
    this.closeNames = closeNames;
  }
}

/** Whether it is a ProjoError, of this copy of the SDK or of another. */
export function isProjoError(error: unknown): error is ProjoError {
  return typeof error === "object" && error !== null && mark in error;
}
