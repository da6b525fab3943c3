// Describes an input that does not match the schema of its operation, in the server's own words. The message of the failure
// contains the first problem; fieldErrors contains all of them, within limits.
import { z } from "zod";
import { Failure } from "./failure.ts";

/** The most fields of an error response, the most messages per field, and the longest path or message in characters. */
const MAX_FIELDS = 20;
const MAX_MESSAGES = 5;
const MAX_TEXT_LENGTH = 600;

/** The longest path or key that a message repeats. */
const MAX_PATH_LENGTH = 100;

/** The most unknown fields that a message names. */
const MAX_NAMED_KEYS = 3;

/** Validates the input. @throws Failure input.invalid */
export function parseInput<I extends z.ZodType>(schema: I, rawInput: unknown): z.output<I> {
  const parsed = schema.safeParse(rawInput, describeIssues);
  if (parsed.success) return parsed.data;
  throw invalidFields(fieldErrorsOf(parsed.error), parsed.error);
}

/** The failure for these problems, by the dotted path of the field. */
export function invalidFields(fieldErrors: Record<string, string[]>, cause?: unknown): Failure {
  const [[field, [first = ""]] = ["", []], ...others] = Object.entries(fieldErrors);
  const details = { fieldErrors, cause };
  const subject = field === "" ? "The input" : `The field ${shorten(field)}`;
  // "Must be at most 100." continues the sentence. Another problem is a sentence of its own.
  const problem = /^(?:Must|Is|Has) /.test(first) ? lowerFirst(first) : `is invalid: ${first}`;
  if (others.length === 0) return Failure.because("input.invalid", "one", { subject, problem }, details);
  const more = others.length === 1 ? "one more invalid field" : `${others.length} more invalid fields`;
  return Failure.because("input.invalid", "several", { subject, problem, more }, details);
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const shorten = (path: string): string =>
  path.length <= MAX_PATH_LENGTH ? path : `${path.slice(0, MAX_PATH_LENGTH).toWellFormed()}...`;

function fieldErrorsOf(error: z.ZodError): Record<string, string[]> {
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

/** Replaces the texts of the schema library. Messages that the contract declares stay. */
const describeIssues: z.core.ParseContext<z.core.$ZodIssue> = { error: (issue) => describeIssue(issue) };

const typeNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
  nan: "a number",
};

/** Describes a problem of one field. Exported for its test. */
export function describeIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, issue.input);
    case "too_big":
      return `Must ${amount("at most", issue.origin, issue.maximum, issue.inclusive)}`;
    case "too_small":
      return `Must ${amount("at least", issue.origin, issue.minimum, issue.inclusive)}`;
    case "invalid_value":
      return `Must be ${issue.values.length === 1 ? "" : "one of "}${issue.values.map(String).join(", ")}.`;
    case "unrecognized_keys":
      return unknownFields(issue.keys, issue.inst);
    case "not_multiple_of":
      return `Must be a multiple of ${issue.divisor}.`;
    case "invalid_format":
      return `Must have the format ${issue.format}.`;
    default:
      return "Has the wrong form. See the reference of the operation.";
  }
}

function wrongType(expected: string, input: unknown): string {
  const wanted = typeNames[expected] ?? expected;
  if (input === undefined) return `Is missing. It must be ${wanted}.`;
  if (expected === "int" && typeof input === "number") return "Must be a whole number.";
  return `Must be ${wanted}, not ${typeNames[typeOf(input)] ?? typeOf(input)}.`;
}

function typeOf(input: unknown): string {
  if (input === null) return "null";
  return Array.isArray(input) ? "array" : typeof input;
}

function amount(bound: string, origin: string, limit: number | bigint, isInclusive = true): string {
  const unit = unitOf(origin, limit);
  const edge = isInclusive ? bound : bound === "at most" ? "less than" : "more than";
  return `${unit === "" || origin === "string" ? "be" : "have"} ${edge} ${limit}${unit === "" ? "" : ` ${unit}`}.`;
}

function unitOf(origin: string, limit: number | bigint): string {
  if (origin === "string") return limit === 1 ? "character" : "characters";
  if (origin === "array" || origin === "set") return limit === 1 ? "item" : "items";
  return "";
}

/** Names the unknown fields, and the fields that the object has. */
function unknownFields(keys: readonly string[], schema: unknown): string {
  const named = keys.slice(0, MAX_NAMED_KEYS).map((key) => JSON.stringify(key.slice(0, MAX_PATH_LENGTH)));
  const others = keys.length - named.length;
  const names = [...named, ...(others > 0 ? [`and ${others} more`] : [])].join(", ");
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const fields = known.length === 0 ? "It has no fields." : `Its fields are ${known.join(", ")}.`;
  return `Has no field ${names}. ${fields}`;
}
