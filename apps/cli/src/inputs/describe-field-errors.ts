// Puts the server's problems with fields into the terms of the command: the option or argument, and what to enter.
import type { Command } from "commander";
import { unknownChoice } from "../usage/choice-words.ts";
import { type TypedInput, typedInput } from "./typed-input.ts";

type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** `title: use at most 200 characters (yours has 243).` */
export function describeFieldErrors(
  fieldErrors: FieldErrors,
  { operation, command }: { operation: string; command: Command | undefined },
): string {
  // The input of `projo call` has the fields of the operation.
  const isCall = command === undefined || command.name() === "call";
  const messages = Object.entries(fieldErrors).flatMap(([path, problems]) =>
    problems.map((problem) => {
      if (path === "") return problem;
      if (isCall) return `${path}: ${lowerFirst(problem)}`;
      const typed = typedInput(command, operation, path);
      return `${typed.name}: ${lowerFirst(inTermsOfCommand(problem, typed, operation))}`;
    }),
  );
  return [...new Set(messages)].join(" ");
}

function inTermsOfCommand(problem: string, typed: TypedInput, operation: string): string {
  const [, bound, count] = /^Must be at (most|least) (\d+) characters?\.$/.exec(problem) ?? [];
  if (bound !== undefined) return `use at ${bound} ${count} characters${lengthOf(typed)}.`;
  const [, choices, similar] = CHOICES.exec(problem) ?? [];
  if (choices !== undefined) return wrongChoice(typed, choices.split(/, | or /), similar);
  return sentences[problem]?.(typed, operation) ?? problem.replace(/^Is missing\. .*/, "is missing.");
}

/** "Must be todo, doing or done. Did you mean done?" */
const CHOICES = /^Must be ((?:[\w.:]+, )*[\w.:]+ or [\w.:]+)\.(?: Did you mean (\S+)\?)?$/;

const sentences: Readonly<Record<string, (typed: TypedInput, operation: string) => string>> = {
  "Must be an id: a UUID in lower case.": (typed, operation) =>
    `${quoted(typed)} is not an id. See: ${listingOf(typed, operation)}`,
  "Must be a date and time such as 2026-01-31T12:00:00Z.": () =>
    "use a date such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z.",
  "Must be in the years 1 to 9999 (UTC).": () => "use a date in the years 1 to 9999.",
  "Must not be one of the first that somebody would try. Four words chosen at random are good.": () =>
    "it is too easy to guess. Use four words chosen at random.",
};

/** At most so many choices are listed when a similar one is known. */
const MAX_CHOICES = 8;

function wrongChoice(
  { name, value }: TypedInput,
  choices: readonly string[],
  similar: string | undefined,
): string {
  const noun = name.replace(/^--/, "").replaceAll("-", " ");
  if (value === undefined) return `use ${choices.join(", ")}.`;
  if (similar !== undefined && choices.length > MAX_CHOICES)
    return `there is no ${noun} "${value}". Did you mean ${similar}?`;
  return unknownChoice(noun, value, choices);
}

/** The value of a secret is never shown, nor its length. */
function lengthOf({ value }: TypedInput): string {
  return value === undefined ? "" : ` (yours has ${Array.from(value).length})`;
}

const quoted = ({ value }: TypedInput): string => (value === undefined ? "it" : `"${value}"`);

const listings: Readonly<Record<string, string>> = {
  tasks: "projo tasks list",
  projects: "projo projects list",
  serviceKeys: "projo keys list",
  invites: "projo invites list",
  members: "projo members list",
  workspaces: "projo workspaces list",
  sessions: "projo sessions list",
};

/** The command that lists the ids. */
function listingOf({ name }: TypedInput, operation: string): string {
  if (name === "--created-by" || name === "--actor") return "projo members list";
  if (name === "--project") return "projo projects list";
  return listings[operation.split(".", 1)[0] ?? ""] ?? "projo --help";
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
