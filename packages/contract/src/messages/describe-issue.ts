// Describes a problem of an input in our own words, in place of the texts of the schema library. A message that a schema of
// the contract declares stays. Each message begins with a verb, so that it can follow the name of the field.
import { z } from "zod";
import { closeNames } from "./close-names.ts";
import { choice, isOptionalAt, schemaAt, unitIn, wordsOf } from "./schema-words.ts";

/** The longest key or value that a message repeats. */
const MAX_REPEATED_LENGTH = 100;

/** The most unknown fields that a message names. */
const MAX_NAMED_KEYS = 3;

/** The error map of a schema. Pass it to `safeParse`. */
export const errorMapOf = (schema: z.core.$ZodType): z.core.ParseContext<z.core.$ZodIssue> => ({
  error: (issue) => describeIssue(issue, schema),
});

/** Describes a problem of an input that the schema rejects. */
export function describeIssue(issue: z.core.$ZodRawIssue, root: z.core.$ZodType): string {
  const { path = [] } = issue;
  const schema = schemaAt(root, path);
  const unit = unitIn(path);
  const words = schema ? wordsOf(schema, unit) : "";
  switch (issue.code) {
    case "invalid_type":
    case "invalid_union":
      return wrongType(issue.input, { words, isOptional: isOptionalAt(root, path) });
    case "invalid_value":
      return wrongValue(issue.input, issue.values.map(String), isOptionalAt(root, path));
    case "too_big":
      return tooBig(issue, unit);
    case "too_small":
      return `Must ${amount("at least", { ...issue, limit: issue.minimum, unit })}`;
    case "unrecognized_keys":
      return unknownFields(issue.keys, schema);
    case "not_multiple_of":
      return `Must be a multiple of ${issue.divisor}.`;
    default:
      return words === "" ? "Has the wrong form. See the reference of the operation." : `Must be ${words}.`;
  }
}

interface Expected {
  readonly words: string;
  readonly isOptional: boolean;
}

function wrongType(input: unknown, { words, isOptional }: Expected): string {
  if (input === undefined) return `Is missing. It must be ${words}.`;
  const isWholeNumber = words.startsWith("a whole number");
  if (isWholeNumber && typeof input === "number" && Number.isFinite(input)) return `Must be ${words}.`;
  return `Must be ${words}, not ${nameOf(input)}.${hintOf(input, words, isOptional)}`;
}

/** The next step for common mistakes. */
function hintOf(input: unknown, words: string, isOptional: boolean): string {
  if (input === null && isOptional) return " Leave the field out instead.";
  if (typeof input !== "string") return "";
  const isNumber = /^\s*-?\d+(?:\.\d+)?\s*$/.test(input) && /^a (?:whole )?number/.test(words);
  const isBoolean = /^(?:true|false)$/.test(input) && words === "true or false";
  return isNumber || isBoolean ? " Remove the quotation marks." : "";
}

function wrongValue(input: unknown, values: readonly string[], isOptional: boolean): string {
  if (input === undefined) return `Is missing. It must be ${choice(values)}.`;
  if (typeof input !== "string")
    return `Must be ${choice(values)}, not ${nameOf(input)}.${hintOf(input, "", isOptional)}`;
  const [close] = closeNames(input, values);
  return `Must be ${choice(values)}.${close === undefined ? "" : ` Did you mean ${close}?`}`;
}

function tooBig(issue: z.core.$ZodRawIssue<z.core.$ZodIssueTooBig>, unit: string): string {
  // Larger integers are not exact in JSON, and no field of the contract needs them.
  if (Number(issue.maximum) >= Number.MAX_SAFE_INTEGER) return "Must be a whole number of at most 15 digits.";
  return `Must ${amount("at most", { ...issue, limit: issue.maximum, unit })}`;
}

interface Bound {
  readonly origin: string;
  readonly limit: number | bigint;
  readonly inclusive?: boolean | undefined;
  readonly unit: string;
}

function amount(bound: string, { origin, limit, inclusive = true, unit: ownUnit }: Bound): string {
  if (Number(limit) <= Number.MIN_SAFE_INTEGER) return "be a whole number of at most 15 digits.";
  const unit = unitOf(origin, limit) || ownUnit;
  const edge = inclusive ? bound : bound === "at most" ? "less than" : "more than";
  const verb = origin === "array" || origin === "set" ? "have" : "be";
  return `${verb} ${edge} ${limit}${unit === "" ? "" : ` ${unit}`}.`;
}

function unitOf(origin: string, limit: number | bigint): string {
  if (origin === "string") return limit === 1 ? "character" : "characters";
  if (origin === "array" || origin === "set") return limit === 1 ? "item" : "items";
  return "";
}

function nameOf(input: unknown): string {
  if (input === null) return "null";
  if (Array.isArray(input)) return "a list";
  if (typeof input === "number") return Number.isFinite(input) ? "a number" : String(input);
  if (typeof input === "boolean") return String(input);
  const names: Readonly<Record<string, string>> = { string: "a text", object: "an object" };
  return names[typeof input] ?? `a ${typeof input}`;
}

/** Names the unknown fields, a known field with a similar name, and the fields that the object has. */
function unknownFields(keys: readonly string[], schema: unknown): string {
  const named = keys.slice(0, MAX_NAMED_KEYS).map((key) => JSON.stringify(key.slice(0, MAX_REPEATED_LENGTH)));
  const others = keys.length - named.length;
  const names = [...named, ...(others > 0 ? [`and ${others} more`] : [])].join(", ");
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const close = keys.slice(0, MAX_NAMED_KEYS).flatMap((key) => closeNames(key, known).slice(0, 1));
  const question = close.length === 0 ? "" : ` Did you mean ${[...new Set(close)].join(", ")}?`;
  const fields = known.length === 0 ? "It has no fields." : `Its fields are ${known.join(", ")}.`;
  return `Has no field ${names}.${question} ${fields}`;
}
