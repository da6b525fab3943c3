import { Forbidden } from "@projostack/authz";
import { reasons, type Reason } from "@projostack/contract";
import { DatabaseBusy, DatabaseDown, failureOf, MembershipChanged } from "@projostack/db";
import { TRPCError } from "@trpc/server";
import type { ZodError } from "zod";
import { HashingBusy } from "../identity/passwords/argon2-gate.ts";

interface Details {
  fieldErrors?: Record<string, string[]>;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/**
 * An error that the caller can act on, with one of the contract's reasons. Any other thrown error is a bug in the server.
 */
export class Failure extends TRPCError {
  readonly reason: Reason;
  readonly fieldErrors: Record<string, string[]> | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(reason: Reason, { fieldErrors, retryAfterSeconds, cause }: Details = {}) {
    const [code, message] = reasons[reason];
    super({ code, message, cause });
    this.reason = reason;
    this.fieldErrors = fieldErrors;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Maps any thrown value to a failure with one of the contract's reasons. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const cause = error instanceof TRPCError ? (error.cause ?? error) : error;
  if (cause instanceof Failure) return cause;
  if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") return fromProtocol(error);
  if (cause instanceof HashingBusy) {
    return new Failure("server.busy", { retryAfterSeconds: cause.retryAfterSeconds, cause });
  }
  return fromDatabase(failureOf(cause)) ?? new Failure("server.internal", { cause });
}

const reasonByChange = {
  ended: "workspace.not_found",
  demoted: "permission.denied",
  "key ended": "auth.unauthenticated",
} as const satisfies Record<MembershipChanged["change"], Reason>;

function fromDatabase(cause: unknown): Failure | null {
  if (cause instanceof Forbidden) return new Failure("permission.denied", { cause });
  if (cause instanceof MembershipChanged) {
    return new Failure(reasonByChange[cause.change], { cause });
  }
  if (cause instanceof DatabaseBusy) return new Failure("server.busy", { retryAfterSeconds: 1, cause });
  if (cause instanceof DatabaseDown)
    return new Failure("server.unavailable", { retryAfterSeconds: 2, cause });
  return null;
}

/** Maps the errors that tRPC throws before a procedure runs. */
function fromProtocol(error: TRPCError): Failure {
  switch (error.code) {
    case "BAD_REQUEST":
      return new Failure("input.malformed", { cause: error });
    case "PARSE_ERROR":
      return new Failure("input.malformed", { cause: error });
    case "NOT_FOUND":
      return new Failure("operation.not_found", { cause: error });
    case "METHOD_NOT_SUPPORTED":
      return new Failure("operation.wrong_method", { cause: error });
    case "PAYLOAD_TOO_LARGE":
      return new Failure("input.too_large", { cause: error });
    case "UNSUPPORTED_MEDIA_TYPE":
      return new Failure("input.media_type", { cause: error });
    default:
      return new Failure("server.internal", { cause: error });
  }
}

/** The failure for an input that does not match the schema of its operation. */
export function invalidInput(cause: ZodError): Failure {
  return new Failure("input.invalid", { fieldErrors: fieldErrorsOf(cause), cause });
}

/** The most fields of an error response, the most messages per field, and the longest path or message in characters. */
const MAX_FIELDS = 20;
const MAX_MESSAGES = 5;
const MAX_TEXT_LENGTH = 600;

function fieldErrorsOf(error: ZodError): Record<string, string[]> {
  const byField = new Map<string, string[]>();
  for (const issue of error.issues) {
    const path = issue.path.join(".").slice(0, MAX_TEXT_LENGTH);
    const message = truncate(issue.message);
    const messages = byField.get(path);
    if (!messages && byField.size < MAX_FIELDS) byField.set(path, [message]);
    else if (messages && messages.length < MAX_MESSAGES) messages.push(message);
  }
  return Object.fromEntries(byField);
}

const truncate = (text: string): string =>
  text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH).toWellFormed()}...`;
