// The form of a variable: the schema of its value, and its documentation. `docs/configuration.md` is generated from it, and
// error messages use it. The range and the default are taken from the schema.
import { z } from "zod";

export interface Variable<S extends z.ZodType = z.ZodType> {
  /** The schema of the value. It receives undefined for an absent or empty variable. */
  readonly schema: S;
  /** The expected form, which completes `<name> must be` in an error message. */
  readonly expected: string;
  /** The type and the range, for the documentation. */
  readonly values: string;
  /** The effect of the variable, as Markdown. */
  readonly description: string;
  readonly example: string;
  /** The behaviour without the variable; undefined if the schema has a default that is text or a number. */
  readonly unset?: string;
  /** What PROJO_ENV=production changes; undefined if it changes nothing. */
  readonly production?: string;
  /** Whether the value may contain a password or a key. It can then be read from a file, and no message repeats it. */
  readonly isSecret?: true;
}

/** Keeps the type of the schema. */
export const variable = <S extends z.ZodType>(definition: Variable<S>): Variable<S> => definition;

interface Described {
  readonly description: string;
  readonly production?: string;
}

interface NumberRange extends Described {
  readonly min: number;
  readonly max: number;
  /** The unit of the number, such as `seconds`. */
  readonly unit?: string;
}

/** A whole number with a default, which is also the example. */
export const wholeNumber = (range: NumberRange & { readonly fallback: number }) =>
  variable({
    ...wholeFacts(range, range.fallback),
    schema: wholeSchema(range).default(range.fallback),
  });

/** A whole number without a default. */
export const optionalWholeNumber = (
  range: NumberRange & { readonly example: number; readonly unset: string },
) =>
  variable({
    ...wholeFacts(range, range.example),
    schema: wholeSchema(range).optional(),
    unset: range.unset,
  });

function wholeFacts({ min, max, unit, description, production }: NumberRange, example: number) {
  const range = `from ${min} to ${max}${unit === undefined ? "" : ` ${unit}`}`;
  return {
    expected: `a whole number ${range}, such as ${example}`,
    values: `a whole number ${range}`,
    description,
    example: String(example),
    ...(production === undefined ? {} : { production }),
  };
}

const wholeSchema = ({ min, max }: NumberRange) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);

interface Choice<T extends string> extends Described {
  readonly options: readonly [T, ...T[]];
  readonly fallback: NoInfer<T>;
  readonly example: NoInfer<T>;
}

/** One of a few words. */
export const choice = <const T extends string>({ options, fallback, example, ...described }: Choice<T>) =>
  variable({
    ...described,
    schema: z.enum(options).default(() => fallback as never),
    expected: `one of ${options.join(", ")}`,
    values: options.map((option) => `\`${option}\``).join(" or "),
    example,
  });

/** The default as text for the documentation. */
export function defaultOf({ schema, unset }: Variable): string {
  if (unset !== undefined) return unset;
  const { data } = schema.safeParse(undefined);
  if (typeof data !== "string" && typeof data !== "number")
    throw new TypeError("A variable without a default of text or a number needs the text `unset`.");
  return `\`${data}\``;
}
