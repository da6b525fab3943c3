// What a call costs, as data: the server charges it to budgets, and the reference shows it.
import type { z } from "zod";

/**
 * The cost of an operation in points. One point is the work of reading one row, about 0.15 ms of the server. What stays
 * costs more than the work of a moment: a task 4 points, an entry in the audit log 40.
 */
export interface Cost {
  /** For each call. */
  readonly points: number;
  /** For each item of an array, or each unit of a number, by the name of its field in the input. */
  readonly each?: Points<string>;
  /** Where a field is given, by its name. */
  readonly given?: Points<string>;
  /**
   * False for a long operation: it works in parts and gives way between them, it is alone in its request, and few of one
   * account or workspace run at once.
   */
  readonly batch?: false;
}

/** Points by the names of fields. */
type Points<Field extends string> = { readonly [F in Field]?: number };

type Fields<I extends z.ZodType> = keyof NonNullable<z.input<I>> & string;

/** The same, of the fields that the operation's input has. */
export interface CostOf<I extends z.ZodType> extends Cost {
  readonly each?: Points<Fields<I>>;
  readonly given?: Points<Fields<I>>;
}

/** The costs that many operations have in common. */
export const costs = {
  /** Reads one row. */
  read: { points: 1 },
  /** Reads a page of a list. */
  list: { points: 1, each: { limit: 0.05 } },
  /** Changes a row. */
  write: { points: 4 },
  /** Changes something and puts it on record, or sends a mail. */
  recorded: { points: 40 },
  /** Hashes a password, or two. */
  password: { points: 200 },
} as const satisfies Record<string, Cost>;

/** An operation, as far as its cost is concerned. */
interface Priced {
  readonly cost: Cost;
  readonly input: z.ZodType;
}

/**
 * The points of one call.
 * @param input as it came: where its schema will refuse it, what is wrong in it costs nothing
 */
export function pointsOf(operation: Priced, input: unknown): number {
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

/** The longest array and the largest number that a field with a cost for each unit may hold. */
export const LONGEST_PRICED_ARRAY = 100;
export const LARGEST_PRICED_NUMBER = 10_000;

/** A value beyond what any schema accepts has no units: the call is refused for its input, and not for its cost. */
function unitsOf(value: unknown): number {
  if (Array.isArray(value)) return value.length <= LONGEST_PRICED_ARRAY ? value.length : 0;
  return typeof value === "number" && value > 0 && value <= LARGEST_PRICED_NUMBER ? value : 0;
}

const knownDefaults = new WeakMap<z.ZodType, Readonly<Record<string, unknown>>>();

/** What an input has that was left out. */
function defaultsOf({ input }: Priced): Readonly<Record<string, unknown>> {
  let defaults = knownDefaults.get(input);
  if (!defaults) {
    const { data } = input.safeParse(undefined);
    knownDefaults.set(input, (defaults = isObject(data) ? data : {}));
  }
  return defaults;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
