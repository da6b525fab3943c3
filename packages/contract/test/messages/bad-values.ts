// Generates wrong inputs from the schema of an operation and its example: for each field at any depth, values of the wrong type,
// out of range, of the wrong form, missing, misspelled.

export interface BadInput {
  /** The field with the wrong value; empty for the input as a whole. */
  readonly path: readonly (string | number)[];
  readonly what: string;
  readonly input: unknown;
  /** Texts of which the message must contain each one. */
  readonly says: readonly string[];
}

type Schema = Readonly<Record<string, unknown>>;

interface Place {
  readonly root: Schema;
  readonly path: readonly (string | number)[];
  /** Returns the whole input with a value at this place. `MISSING` removes the field. */
  readonly put: (value: unknown) => unknown;
}

export const MISSING = Symbol("missing");

/** Yields the wrong inputs. Some may be valid: a text is no wrong value for a field of text. */
export function* badInputs(root: Schema, example: unknown): Generator<BadInput> {
  yield* badValues(root, example, { root, path: [], put: (value) => value });
}

function* badValues(part: Schema, given: unknown, place: Place): Generator<BadInput> {
  const schema = resolved(part, place.root);
  const example = given ?? validValue(schema, place.root);
  const bad = (what: string, value: unknown, ...says: string[]): BadInput => ({
    path: place.path,
    what,
    input: place.put(value),
    says,
  });
  for (const [what, value] of wrongTypes) yield bad(what, value);
  if (place.path.length > 0) yield bad("missing", MISSING, "missing");
  yield* badNumbers(schema, bad);
  yield* badTexts(schema, bad);
  if (schema["type"] === "array") yield* badLists(schema, example, { place, bad });
  if (schema["type"] === "object") yield* badObjects(schema, example, { place, bad });
}

const wrongTypes: readonly (readonly [what: string, value: unknown])[] = [
  ["null", null],
  ["a text", "some text"],
  ["a text with a number", "12"],
  ["a text with a truth value", "true"],
  ["an empty text", ""],
  ["a number", 5],
  ["a fraction", 1.5],
  ["a negative number", -1],
  ["a huge number", 1e300],
  ["not a number", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
  ["a truth value", true],
  ["an empty list", []],
  ["a list of nulls", [null]],
  ["a list of lists", [[]]],
  ["an empty object", {}],
  ["an object with an unknown field", { "no such field": 1 }],
  ["a date", new Date(0)],
  ["a big integer", 5n],
];

type Bad = (what: string, value: unknown, ...says: string[]) => BadInput;

function* badNumbers({ type, minimum, maximum }: Schema, bad: Bad): Generator<BadInput> {
  if (type !== "integer" && type !== "number") return;
  if (typeof minimum === "number") yield bad("too small", minimum - 1, String(minimum));
  if (typeof maximum === "number") yield bad("too large", maximum + 1, String(maximum));
  const range =
    typeof minimum === "number" && typeof maximum === "number" ? [`${minimum} to ${maximum}`] : [];
  yield bad("a number in quotation marks", "7", "whole number", "quotation marks", ...range);
}

function* badTexts(
  { type, minLength, maxLength, format, enum: values }: Schema,
  bad: Bad,
): Generator<BadInput> {
  if (type !== "string") return;
  if (typeof maxLength === "number") {
    const limit = format === "email" || format === "date-time" ? [] : [String(maxLength)];
    yield bad("too long", "x".repeat(maxLength + 1), ...limit);
  }
  if (typeof minLength === "number" && minLength > 1)
    yield bad("too short", "x".repeat(minLength - 1), String(minLength));
  if (format === "uuid")
    yield bad("an id in upper case", "0199F3A0-5C10-775A-BA25-0213646736A4", "lower case");
  if (format === "date-time") {
    for (const text of ["2026-13-01T00:00:00Z", "2026-01-31", "yesterday", "31.01.2026"])
      yield bad("no date", text, "2026-01-31T12:00:00Z");
    yield bad("a year that is too large", "+010000-01-01T00:00:00Z");
  }
  if (format === "email")
    for (const text of ["ada", "ada@", "@b.co", "a b@c.co"]) yield bad("no address", text);
  for (const text of [" ", "a\nb", "a\u202eb", "a\u2028b", "\u200b", "a\u{e0041}"])
    yield bad("odd text", text);
  if (!Array.isArray(values)) return;
  const known = values.map(String);
  yield bad("an unknown value", "no-such-value", ...known);
  for (const value of known.filter((one) => one.length > 3)) {
    yield bad("a misspelled value", value.slice(0, -1), "Did you mean", value);
    yield bad("a value in upper case", value.toUpperCase(), "Did you mean", value);
  }
}

interface Holder {
  readonly place: Place;
  readonly bad: Bad;
}

function* badLists(schema: Schema, example: unknown, { place, bad }: Holder): Generator<BadInput> {
  const { items, minItems, maxItems } = schema;
  const [first] = Array.isArray(example) ? (example as readonly unknown[]) : [];
  if (typeof maxItems === "number")
    yield bad("too many items", Array(maxItems + 1).fill(first), String(maxItems), "items");
  if (typeof minItems === "number" && minItems > 0) yield bad("too few items", [], String(minItems), "item");
  const put = (value: unknown) => place.put([first, value === MISSING ? undefined : value]);
  yield* badValues(asSchema(items), first, { ...place, path: [...place.path, 1], put });
}

function* badObjects(schema: Schema, example: unknown, { place, bad }: Holder): Generator<BadInput> {
  const known = asSchema(example ?? {});
  const fields = Object.entries(asSchema(schema["properties"] ?? {}));
  yield bad(
    "an unknown field",
    { ...known, "no such field": 1 },
    '"no such field"',
    ...fields.map(([key]) => key),
  );
  for (const [key, part] of fields) {
    if (key.length > 3) {
      const { [key]: value = null, ...others } = known;
      yield bad("a misspelled field", { ...others, [key.slice(0, -1)]: value }, "Did you mean", key);
    }
    const put = (value: unknown) => {
      const { [key]: _, ...others } = known;
      return place.put(value === MISSING ? others : { ...known, [key]: value });
    };
    yield* badValues(asSchema(part), known[key], { ...place, path: [...place.path, key], put });
  }
}

/** A valid value for a field that the example omits. A text is of hexadecimal digits, which hashes require. */
function validValue(part: Schema, root: Schema): unknown {
  const { type, minLength, minimum, properties = {} } = resolved(part, root);
  if (type === "string") return "a".repeat(Number(minLength ?? 1));
  if (type === "integer" || type === "number") return Number(minimum ?? 0);
  if (type !== "object") return undefined;
  return Object.fromEntries(
    Object.entries(asSchema(properties)).map(([key, value]) => [key, validValue(asSchema(value), root)]),
  );
}

/** Follows a reference to a named schema. */
function resolved(part: Schema, root: Schema): Schema {
  const { $ref: ref } = part;
  return typeof ref === "string" ? asSchema(asSchema(root["$defs"])[ref.replace("#/$defs/", "")]) : part;
}

function asSchema(value: unknown): Schema {
  if (typeof value !== "object" || value === null) throw new TypeError(`No schema: ${String(value)}`);
  return { ...value };
}
