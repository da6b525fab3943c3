// What a schema accepts, in words: "a whole number from 1 to 100", "one of todo, doing, done".
import { z } from "zod";

type Schema = z.core.$ZodType;

/** Returns the schema at a path, without the parts that make it optional or give it a default. Undefined if there is none. */
export function schemaAt(root: Schema, path: readonly PropertyKey[]): Schema | undefined {
  let schema: Schema | undefined = unwrap(root);
  for (const key of path) {
    const part: Schema | undefined = schema && partOf(schema, key);
    if (part === undefined) return undefined;
    schema = unwrap(part);
  }
  return schema;
}

/** Returns whether the field at a path can be left out. */
export function isOptionalAt(root: Schema, path: readonly PropertyKey[]): boolean {
  const holder = schemaAt(root, path.slice(0, -1));
  const key = path.at(-1);
  const field = holder && key !== undefined ? partOf(holder, key) : undefined;
  return field instanceof z.ZodOptional || field instanceof z.ZodDefault;
}

function partOf(schema: Schema, key: PropertyKey): Schema | undefined {
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<PropertyKey, Schema>> = schema.shape;
    return Object.hasOwn(shape, key) ? shape[key] : undefined;
  }
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}

function unwrap(schema: Schema): Schema {
  let inner = schema;
  for (;;) {
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodNullable)
      inner = inner.unwrap();
    else if (inner instanceof z.ZodPipe) inner = inner.in;
    else return inner;
  }
}

/** Describes what a schema accepts. @param unit the unit of a number, such as "days" */
export function wordsOf(schema: Schema, unit = ""): string {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodEnum) return choice(inner.options.map(String));
  if (inner instanceof z.ZodLiteral) return choice([...inner.values].map(String));
  if (inner instanceof z.ZodNumber) return `${numberName(inner)}${rangeOf(inner, unit)}`;
  if (inner instanceof z.ZodArray) return `a list${itemsOf(inner)}`;
  if (inner instanceof z.ZodUnion) return either(inner.options.map((option: Schema) => wordsOf(option)));
  if (inner instanceof z.ZodObject || inner instanceof z.ZodRecord) return "an object";
  if (inner instanceof z.ZodBoolean) return "true or false";
  if (inner instanceof z.ZodNull) return "null";
  return inner instanceof z.ZodString || inner instanceof z.ZodStringFormat ? "a text" : "another value";
}

export const choice = (values: readonly string[]): string =>
  `${values.length === 1 ? "" : "one of "}${values.join(", ")}`;

const either = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;

const numberName = (schema: z.ZodNumber): string =>
  schema.format === "safeint" ? "a whole number" : "a number";

/** " from 1 to 100", " of at least 0", or "". The bounds of the safe integers are no limits of the contract. */
function rangeOf({ minValue, maxValue }: z.ZodNumber, unit: string): string {
  const least = minValue !== null && minValue > Number.MIN_SAFE_INTEGER ? minValue : null;
  const most = maxValue !== null && maxValue < Number.MAX_SAFE_INTEGER ? maxValue : null;
  const named = unit === "" ? "" : ` ${unit}`;
  if (least !== null && most !== null) return ` from ${least} to ${most}${named}`;
  if (least !== null) return ` of at least ${least}${named}`;
  return most === null ? "" : ` of at most ${most}${named}`;
}

/** " of 1 to 100 items", or "". */
function itemsOf(schema: z.ZodArray): string {
  let words = knownLengths.get(schema);
  if (words === undefined) knownLengths.set(schema, (words = lengthOf(schema)));
  return words;
}

/** Zod names the bounds of a list only in its JSON Schema, which takes long for an answer to each wrong input. */
const knownLengths = new WeakMap<z.ZodArray, string>();

function lengthOf(schema: z.ZodArray): string {
  const { minItems, maxItems } = z.toJSONSchema(schema, { io: "input" });
  if (minItems !== undefined && maxItems !== undefined) return ` of ${minItems} to ${maxItems} items`;
  return maxItems === undefined ? "" : ` of at most ${maxItems} items`;
}

/** The unit in the name of a field, such as "days" for `expiresInDays`. */
export function unitIn(path: readonly PropertyKey[]): string {
  const [unit = ""] = /(?:Days|Hours|Minutes|Seconds)$/.exec(String(path.at(-1) ?? "")) ?? [];
  return unit.toLowerCase();
}
