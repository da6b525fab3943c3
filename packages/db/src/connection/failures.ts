// What can go wrong at the database, in words that the server can act on. Prisma and pg each wrap the
// driver's error in their own way; here is the one place that looks inside.
import { conditionOf, type Condition, type ErrorFacts } from "./conditions.ts";

/** What a write relied on is no more: the membership, its role, or the service key. */
export class MembershipChanged extends Error {
  override readonly name = "MembershipChanged";
  readonly change: Change;

  constructor(change: Change, cause: unknown) {
    super(`The right that this write relied on is no more: ${change}.`, { cause });
    this.change = change;
  }
}

type Change = "ended" | "demoted" | "key ended";

interface FailureOptions extends ErrorOptions {
  readonly condition?: Condition;
}

/** The database cannot do this now: no connection came free, the statement took too long, a resource has run out. */
export class DatabaseBusy extends Error {
  override readonly name = "DatabaseBusy";
  readonly condition: Condition;

  constructor(message: string, { condition, ...options }: FailureOptions = {}) {
    super(message, options);
    this.condition = condition ?? { severity: "busy", code: "none", name: "database_busy" };
  }
}

/** The database cannot be reached, or cannot be used: its disk is full, it takes no writes, it refuses the login. */
export class DatabaseDown extends Error {
  override readonly name = "DatabaseDown";
  readonly condition: Condition;

  constructor(message: string, { condition, ...options }: FailureOptions = {}) {
    super(message, options);
    this.condition = condition ?? { severity: "down", code: "none", name: "database_down" };
  }
}

/** A write in a scope that only reads. PostgreSQL has the same code for it as for a server that takes no writes. */
export class WriteInReadScope extends Error {
  override readonly name = "WriteInReadScope";
}

const known = [MembershipChanged, DatabaseBusy, DatabaseDown, WriteInReadScope];

/** The failure in the server's words, or the error as it came. */
export function failureOf(error: unknown): unknown {
  if (known.some((failure) => error instanceof failure)) return error;
  for (const facts of layersOf(error)) {
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

/** The same for work that may only read: there a refused write is a fault of the program. */
export function failureOfReading(error: unknown): unknown {
  const write = [...layersOf(error)].find(({ code }) => code === "25006");
  return write ? new WriteInReadScope(write.message, { cause: error }) : failureOf(error);
}

/** The name of the constraint that a statement broke, or null. */
export function brokenConstraint(error: unknown): string | null {
  for (const layer of layersOf(error)) {
    if (typeof layer.constraint === "string") return layer.constraint;
  }
  return null;
}

/** Whether the statement was to change one row, and found none. */
export function isMissingRow(error: unknown): boolean {
  return [...layersOf(error)].some(({ code }) => code === "P2025");
}

interface Layer extends ErrorFacts {
  readonly constraint: unknown;
}

/** The error, what caused it, and what the drivers tucked into `meta` and `cause`, from the outside in. */
function* layersOf(error: unknown): Generator<Layer> {
  const seen = new Set<unknown>();
  const queue: unknown[] = [error];
  while (queue.length > 0 && seen.size < 12) {
    const layer = queue.shift();
    if (typeof layer !== "object" || layer === null || seen.has(layer)) continue;
    seen.add(layer);
    const { code, originalCode, message, syscall, constraint, meta, cause, driverAdapterError, errors } =
      layer as Record<string, unknown>;
    yield {
      code: asText(originalCode ?? code),
      message: asText(message) ?? "",
      syscall: asText(syscall),
      constraint: nameOf(constraint),
    };
    // Several addresses of one name were tried: the first one's error stands for them.
    queue.push(meta, cause, driverAdapterError, Array.isArray(errors) ? errors[0] : undefined);
  }
}

const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** pg gives the constraint's name; Prisma's adapter wraps it as `{ index: name }`. */
function nameOf(constraint: unknown): unknown {
  if (typeof constraint === "object" && constraint !== null && "index" in constraint) return constraint.index;
  return constraint;
}
