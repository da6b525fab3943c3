// Converts database errors into the failures that the server handles. Prisma and pg wrap the driver's error in different
// ways; only this file unwraps them.
import { conditionOf, type Condition, type ErrorFacts } from "./conditions.ts";

/** The actor of a write lost its right after the access check: the membership, its role or the service key changed. */
export class MembershipChanged extends Error {
  override readonly name = "MembershipChanged";
  readonly change: Change;

  constructor(change: Change, cause: unknown) {
    super(`The actor of this write has lost the right to it: ${change}.`, { cause });
    this.change = change;
  }
}

type Change = "ended" | "demoted" | "key ended";

/** Another call has used the idempotency key. */
export class KeyTaken extends Error {
  override readonly name = "KeyTaken";

  constructor(cause: unknown) {
    super("Another call has used the idempotency key.", { cause });
  }
}

/** Another call with the idempotency key has not ended. */
export class KeyInProgress extends Error {
  override readonly name = "KeyInProgress";

  constructor(cause?: unknown) {
    super("Another call with the idempotency key has not ended.", { cause });
  }
}

interface FailureOptions extends ErrorOptions {
  readonly condition?: Condition;
}

/** The database cannot do this now: no connection is free, the statement took too long, or a resource is exhausted. */
export class DatabaseBusy extends Error {
  override readonly name = "DatabaseBusy";
  readonly condition: Condition;

  constructor(message: string, { condition, ...options }: FailureOptions = {}) {
    super(message, options);
    this.condition = condition ?? { severity: "busy", code: "none", name: "database_busy" };
  }
}

/** The database cannot be reached or used: its disk is full, it accepts no writes, or it rejects the login. */
export class DatabaseDown extends Error {
  override readonly name = "DatabaseDown";
  readonly condition: Condition;

  constructor(message: string, { condition, ...options }: FailureOptions = {}) {
    super(message, options);
    this.condition = condition ?? { severity: "down", code: "none", name: "database_down" };
  }
}

/** A write in a read-only scope. PostgreSQL uses the same SQLSTATE for a server that accepts no writes. */
export class WriteInReadScope extends Error {
  override readonly name = "WriteInReadScope";
}

const failures = [KeyTaken, KeyInProgress, MembershipChanged, DatabaseBusy, DatabaseDown, WriteInReadScope];

/** The failure for a database error. Any other error is returned unchanged. */
export function failureOf(error: unknown): unknown {
  if (failures.some((failure) => error instanceof failure)) return error;
  for (const facts of layersOf(error)) {
    if (KEY_CONSTRAINT.test(String(facts.constraint))) return new KeyTaken(error);
    if (facts.code === "55P03" && KEY_INDEX.test(facts.where ?? "")) return new KeyInProgress(error);
    if (facts.code === "PJ404") return new MembershipChanged("ended", error);
    if (facts.code === "PJ401") return new MembershipChanged("key ended", error);
    if (facts.code === "PJ403") return new MembershipChanged("demoted", error);
    const condition = conditionOf(facts);
    if (condition?.severity === "busy")
      return new DatabaseBusy("The database is busy.", { cause: error, condition });
    if (condition) return new DatabaseDown("The database cannot be used.", { cause: error, condition });
  }
  return error;
}

/** The primary keys of idempotency_keys and account_idempotency_keys. */
const KEY_CONSTRAINT = /^(?:account_)?idempotency_keys_pkey$/;
/** PostgreSQL names the index in the context of an error, in every language. */
const KEY_INDEX = /idempotency_keys_pkey/;

/** The failure for an error of a read-only scope: a refused write there is a bug, not a database that accepts no writes. */
export function failureOfReading(error: unknown): unknown {
  const write = [...layersOf(error)].find(({ code }) => code === "25006");
  return write ? new WriteInReadScope(write.message, { cause: error }) : failureOf(error);
}

/** The name of the constraint that a statement violated, or null. */
export function brokenConstraint(error: unknown): string | null {
  for (const layer of layersOf(error)) {
    if (typeof layer.constraint === "string") return layer.constraint;
  }
  return null;
}

/** Whether a statement failed because the row to change does not exist. */
export function isMissingRow(error: unknown): boolean {
  return [...layersOf(error)].some(({ code }) => code === "P2025");
}

interface Layer extends ErrorFacts {
  readonly constraint: unknown;
  /** PostgreSQL's context of the error. */
  readonly where: string | undefined;
}

/** The error and the errors nested in it as `cause`, `meta` or by a driver, from the outermost in. */
export function* layersOf(error: unknown): Generator<Layer> {
  const seen = new Set<unknown>();
  const queue: unknown[] = [error];
  while (queue.length > 0 && seen.size < 12) {
    const layer = queue.shift();
    if (typeof layer !== "object" || layer === null || seen.has(layer)) continue;
    seen.add(layer);
    const {
      code,
      originalCode,
      originalMessage,
      message,
      syscall,
      constraint,
      where,
      meta,
      cause,
      driverAdapterError,
      errors,
    } = layer as Record<string, unknown>;
    yield {
      code: asText(originalCode ?? code),
      message: asText(message) ?? "",
      syscall: asText(syscall),
      constraint:
        nameOf(constraint) ??
        constraintOfShard(asText(originalCode ?? code), asText(originalMessage ?? message)),
      where: asText(where),
    };
    // When several addresses of a host name failed, the first error represents them.
    queue.push(meta, cause, driverAdapterError, Array.isArray(errors) ? errors[0] : undefined);
  }
}

const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** pg reports the constraint's name; Prisma's adapter wraps it as `{ index: name }`. */
function nameOf(constraint: unknown): unknown {
  if (typeof constraint === "object" && constraint !== null && "index" in constraint) return constraint.index;
  return constraint;
}

/**
 * The constraint that a worker of Citus reports. Citus repeats the message without its fields, and the name of a shard's constraint
 * ends in the number of the shard.
 */
function constraintOfShard(code: string | undefined, message: string | undefined): string | undefined {
  if (!code?.startsWith("23")) return undefined;
  return [...(message ?? "").matchAll(/"(\w+)_\d{6,}"/g)].at(-1)?.[1];
}
