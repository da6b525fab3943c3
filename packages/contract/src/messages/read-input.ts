// Validates an input and describes its problems. A server uses it for each call; a client can use it before a call.
import type { z } from "zod";
import { messageOf } from "../causes.ts";
import { closeNames } from "./close-names.ts";
import { errorMapOf } from "./describe-issue.ts";

/** The most fields of a failure, the most messages for each field, and the longest path or message in characters. */
const MAX_FIELDS = 20;
const MAX_MESSAGES = 5;
const MAX_TEXT_LENGTH = 600;

/** The most problems that are put into order: an input can have thousands. */
const MAX_ORDERED = 50;

/** The longest path that the message of a failure repeats. */
const MAX_PATH_LENGTH = 100;

/** The problems of each field, by its dotted path: `items.3.title`. The path `""` is the input as a whole. */
export type FieldErrors = Record<string, string[]>;

export type InputReading<T> =
  | { readonly data: T; readonly fieldErrors: null }
  | { readonly data: null; readonly fieldErrors: FieldErrors; readonly cause: z.ZodError };

/** Validates an input with the schema of an operation. */
export function readInput<I extends z.ZodType>(schema: I, input: unknown): InputReading<z.output<I>> {
  const { data, error } = schema.safeParse(input, errorMapOf(schema));
  if (error === undefined) return { data, fieldErrors: null };
  return { data: null, fieldErrors: fieldErrorsOf(error), cause: error };
}

/** The message of a failure with these problems. It has the first problem, with the path as in code: `items[3].title`. */
export function messageOfFieldErrors(fieldErrors: FieldErrors): string {
  const [[field, [first = ""]] = ["", []], ...others] = Object.entries(fieldErrors);
  const subject = field === "" ? "The input" : `The field ${shorten(asCode(field))}`;
  // "Must be at most 100." continues the sentence. Another problem is a sentence of its own.
  const problem = /^(?:Must|Is|Has) /.test(first) ? lowerFirst(first) : `is invalid: ${first}`;
  if (others.length === 0) return messageOf("input.invalid", "one", { subject, problem });
  const more = others.length === 1 ? "one more invalid field" : `${others.length} more invalid fields`;
  return messageOf("input.invalid", "several", { subject, problem, more });
}

/** "items.3.title" as "items[3].title" */
const asCode = (path: string): string => path.replaceAll(/\.(\d+)(?=\.|$)/g, "[$1]");

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const shorten = (path: string): string =>
  path.length <= MAX_PATH_LENGTH ? path : `${path.slice(0, MAX_PATH_LENGTH).toWellFormed()}...`;

function fieldErrorsOf(error: z.ZodError): FieldErrors {
  const byField = new Map<string, string[]>();
  for (const issue of inOrder(error.issues)) {
    const path = issue.path.join(".").slice(0, MAX_TEXT_LENGTH);
    const message = truncate(issue.message);
    const messages = byField.get(path);
    if (!messages && byField.size < MAX_FIELDS) byField.set(path, [message]);
    else if (messages && messages.length < MAX_MESSAGES) messages.push(message);
  }
  return Object.fromEntries(byField);
}

/** An unknown field that looks like a missing one is the cause, so it comes first. */
function inOrder(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  if (issues.length < 2) return issues;
  const [first, later] = [issues.slice(0, MAX_ORDERED), issues.slice(MAX_ORDERED)];
  const isCause = (issue: z.core.$ZodIssue): boolean =>
    issue.code === "unrecognized_keys" &&
    issue.keys
      .slice(0, MAX_FIELDS)
      .some((key) => closeNames(key, missingBelow(issue.path, first)).length > 0);
  const causes = first.filter((issue) => isCause(issue));
  return [...causes, ...first.filter((issue) => !causes.includes(issue)), ...later];
}

/** The names of the missing fields of the object at a path. The message of a missing field says so. */
const missingBelow = (path: readonly PropertyKey[], issues: readonly z.core.$ZodIssue[]): string[] =>
  issues
    .filter((issue) => issue.message.startsWith("Is missing.") && issue.path.length === path.length + 1)
    .filter((issue) => path.every((key, at) => issue.path[at] === key))
    .map((issue) => String(issue.path.at(-1)));

const truncate = (text: string): string =>
  text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH).toWellFormed()}...`;
