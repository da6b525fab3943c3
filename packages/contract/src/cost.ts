// The cost of a call, declared as data. The server charges it to budgets, and the reference shows it.
import type { z } from "zod";

/**
 * The cost of an operation in points. One point is the work of reading one row, about 0.15 ms of server time. Stored data
 * costs more than the time it takes to write: a task costs 4 points, an entry in the audit log 40.
 */
export interface Cost {
  /** Points for each call. */
  readonly points: number;
  /** Points for each item of an array, or each unit of a number, by the name of the input field. */
  readonly each?: Points<string>;
  /** Additional points when an optional field is present, by the name of the input field. */
  readonly given?: Points<string>;
  /**
   * False for a long operation. It works in parts and yields to other calls between them, it cannot be part of a batch, and
   * the server limits how many of one account or workspace run at the same time.
   */
  readonly batch?: false;
}

/** Points by field name. */
type Points<Field extends string> = { readonly [F in Field]?: number };

type Fields<I extends z.ZodType> = keyof NonNullable<z.input<I>> & string;

/** A cost that can only depend on fields of the operation's input. */
export interface CostOf<I extends z.ZodType> extends Cost {
  readonly each?: Points<Fields<I>>;
  readonly given?: Points<Fields<I>>;
}

/** Costs that several operations share. */
export const costs = {
  /** Reads one row. */
  read: { points: 1 },
  /** Reads a page of a list. */
  list: { points: 1, each: { limit: 0.05 } },
  /** Changes a row. */
  write: { points: 4 },
  /** Records an audit entry, or sends a mail. */
  recorded: { points: 40 },
  /** Hashes one or two passwords. */
  password: { points: 200 },
} as const satisfies Record<string, Cost>;

/** The parts of an operation that determine the cost of a call. */
interface PricedOperation {
  readonly cost: Cost;
  readonly input: z.ZodType;
}

/**
 * Returns the cost of one call in points, rounded up.
 * @param input the unvalidated input; a value that its schema rejects adds no points
 */
export function pointsOf(operation: PricedOperation, input: unknown): number {
  const { points, each, given } = operation.cost;
  if (!each && !given) return points;
  const fields = isObject(input) ? input : {};
  let total = points;
  for (const [name, perUnit = 0] of Object.entries(each ?? {})) {
    total += perUnit * unitsOf(fields[name] ?? defaultsOf(operation)[name]);
  }
  for (const [name, more = 0] of Object.entries(given ?? {})) {
    if (fields[name] !== undefined) total += more;
  }
  return Math.ceil(total);
}

/** Upper bounds of fields that have a cost for each unit: the length of an array, and the value of a number. */
export const LONGEST_PRICED_ARRAY = 100;
export const LARGEST_PRICED_NUMBER = 10_000;

/** Returns 0 for a value beyond the bounds of all schemas, so that the call fails for its input and not for its cost. */
function unitsOf(value: unknown): number {
  if (Array.isArray(value)) return value.length <= LONGEST_PRICED_ARRAY ? value.length : 0;
  return typeof value === "number" && value > 0 && value <= LARGEST_PRICED_NUMBER ? value : 0;
}

const knownDefaults = new WeakMap<z.ZodType, Readonly<Record<string, unknown>>>();

/** Returns the default values of an omitted input. */
function defaultsOf({ input }: PricedOperation): Readonly<Record<string, unknown>> {
  let defaults = knownDefaults.get(input);
  if (!defaults) {
    const { data } = input.safeParse(undefined);
    knownDefaults.set(input, (defaults = isObject(data) ? data : {}));
  }
  return defaults;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
