import { Forbidden, holds, type Membership } from "@projostack/authz";
import {
  closeNames,
  currentRows,
  messageOf,
  operations,
  reasons,
  type CauseOf,
  type CurrentRow,
  type Reason,
  type ReasonWithCauses,
  type ReasonWithRow,
  type ValuesOf,
} from "@projostack/contract";
import {
  DatabaseBusy,
  DatabaseDown,
  failureOf,
  KeyInProgress,
  KeyTaken,
  MembershipChanged,
} from "@projostack/db";
import { TRPCError } from "@trpc/server";
import { HashingBusy } from "../../identity/passwords/argon2-gate.ts";

interface Details {
  /** Names the cause in place of the message of the reason. `Failure.because` creates it. */
  message?: string;
  fieldErrors?: Record<string, string[]>;
  retryAfterSeconds?: number;
  /** The present row. `Failure.ofChangedRow` checks that the caller may read it. */
  current?: CurrentRow;
  cause?: unknown;
}

/**
 * An error that the caller can act on, with one of the contract's reasons. Any other thrown error is a bug in the server.
 */
export class Failure extends TRPCError {
  readonly reason: Reason;
  readonly fieldErrors: Record<string, string[]> | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly current: CurrentRow | undefined;

  constructor(reason: Reason, { message, fieldErrors, retryAfterSeconds, current, cause }: Details = {}) {
    const [code, defaultMessage] = reasons[reason];
    super({ code, message: message ?? defaultMessage, cause });
    this.reason = reason;
    this.fieldErrors = fieldErrors;
    this.retryAfterSeconds = retryAfterSeconds;
    this.current = current;
  }

  /** Creates a failure whose message names one of the declared causes of the reason. */
  static because<R extends ReasonWithCauses, C extends CauseOf<R>>(
    reason: R,
    cause: C,
    values: ValuesOf<R, C>,
    details: Omit<Details, "message"> = {},
  ): Failure {
    return new Failure(reason, { ...details, message: messageOf(reason, cause, values) });
  }

  /** Creates a failure for a row that another call has changed. It contains the row if the caller may read it. */
  static ofChangedRow<R extends ReasonWithRow>(
    reason: R,
    caller: Membership,
    row: NoInfer<CurrentRow<R>>,
  ): Failure {
    const { schema, access } = currentRows[reason];
    return new Failure(reason, holds(caller, access) ? { current: schema.parse(row) } : {});
  }
}

/**
 * Maps any thrown value to a failure with one of the contract's reasons.
 * @param path the called operation, if it is known
 */
export function asFailure(error: unknown, path?: string): Failure {
  if (error instanceof Failure) return error;
  const cause = error instanceof TRPCError ? (error.cause ?? error) : error;
  if (cause instanceof Failure) return cause;
  if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") return fromProtocol(error, path);
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
  if (cause instanceof KeyInProgress || cause instanceof KeyTaken)
    return new Failure("idempotency.in_progress", { retryAfterSeconds: 1, cause });
  if (cause instanceof DatabaseBusy) return new Failure("server.busy", { retryAfterSeconds: 1, cause });
  if (cause instanceof DatabaseDown)
    return new Failure("server.unavailable", { retryAfterSeconds: 2, cause });
  return null;
}

/** Maps the errors that tRPC throws before a procedure runs. */
function fromProtocol(error: TRPCError, path = ""): Failure {
  switch (error.code) {
    case "BAD_REQUEST":
      return new Failure("input.malformed", { cause: error });
    case "PARSE_ERROR":
      return Failure.because("input.malformed", "connection_params", {}, { cause: error });
    case "NOT_FOUND":
      return unknownOperation(path);
    case "METHOD_NOT_SUPPORTED":
      return wrongMethod(path);
    case "PAYLOAD_TOO_LARGE":
      return new Failure("input.too_large", { cause: error });
    case "UNSUPPORTED_MEDIA_TYPE":
      return new Failure("input.media_type", { cause: error });
    default:
      return new Failure("server.internal", { cause: error });
  }
}

const names = operations.map(({ name }) => name);

const NAME = /^[\w.]{1,64}$/;

/** The failure for a call of an operation that does not exist. It names similar operations. */
export function unknownOperation(name: string): Failure {
  if (name.includes(",")) return Failure.because("operation.not_found", "batch", {});
  // Only a text that looks like a name is repeated.
  if (!NAME.test(name)) return new Failure("operation.not_found");
  const similar = closeNames(name, names).join(" or ");
  if (similar !== "") return Failure.because("operation.not_found", "similar", { name, similar });
  const [resource = ""] = name.split(".");
  const siblings = operations.filter((one) => one.name.startsWith(`${resource}.`)).map((one) => one.name);
  return siblings.length === 0
    ? Failure.because("operation.not_found", "name", { name })
    : Failure.because("operation.not_found", "resource", { name, resource, operations: siblings.join(", ") });
}

const kinds: ReadonlyMap<string, "query" | "mutation"> = new Map(
  operations.map(({ name, operation }) => [name, operation.kind]),
);

function wrongMethod(name: string): Failure {
  const kind = kinds.get(name);
  return kind === undefined
    ? new Failure("operation.wrong_method")
    : Failure.because("operation.wrong_method", kind, { name });
}
