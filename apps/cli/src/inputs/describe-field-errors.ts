// Puts the server's problems with fields into the terms of the command: the option or argument, and what to enter.
import { listCommands } from "../connection/list-commands.ts";
import type { Command } from "commander";
import { choiceOf, unknownChoice } from "../usage/choice-words.ts";
import { type TypedInput, typedInput } from "./typed-input.ts";
import { lowerFirst } from "../lower-first.ts";

type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** `title: use at most 200 characters (yours has 243).` */
export function describeFieldErrors(
  fieldErrors: FieldErrors,
  { operation, command }: { operation: string; command: Command | undefined },
): string {
  // The input of `projo call` has the fields of the operation.
  const isCall = command === undefined || command.name() === "call";
  const messages = Object.entries(fieldErrors).flatMap(([path, problems]) => {
    if (path === "")
      return problems.map(
        (problem) =>
          (isCall ? undefined : unknownToServer(problem, { operation, command })) ??
          problem.replace(/^(?:Must|Is|Has) /, ofInput),
      );
    if (isCall) return problems.map((problem) => `${path}: ${lowerFirst(problem)}`);
    const typed = typedInput(command, operation, path);
    // The further problems of a field follow from the first one.
    return problems
      .slice(0, 1)
      .map((problem) => `${typed.name}: ${lowerFirst(inTermsOfCommand(problem, typed, operation))}`);
  });
  return messages.join(" ");
}

/** An older server refuses a field that it does not know. */
function unknownToServer(
  problem: string,
  { operation, command }: { operation: string; command: Command },
): string | undefined {
  const [, field] = /^Has no field "(\w+)"/.exec(problem) ?? [];
  if (field === undefined) return undefined;
  return `This server is too old for ${typedInput(command, operation, field).name}. Omit it. To see the versions, run: projo status`;
}

/** "Has no field ..." needs a subject. */
const ofInput = (verb: string): string => `The input ${lowerFirst(verb)}`;

function inTermsOfCommand(problem: string, typed: TypedInput, operation: string): string {
  const [, bound, count] = /^Must be at (most|least) (\d+) characters?\.$/.exec(problem) ?? [];
  if (count === "1") return "must not be empty.";
  if (bound !== undefined) return `use at ${bound} ${count} characters${lengthOf(typed)}.`;
  const [, choices] = CHOICES.exec(problem) ?? [];
  if (choices !== undefined) return wrongChoice(typed, choices.split(/, | or /));
  const sentence = sentences[problem]?.(typed, operation);
  return sentence ?? problem.replace(/^Is missing\. .*/, "is missing.").replace(/^Is not /, "this is not ");
}

/** "Must be todo, doing or done. Did you mean done?", or of many choices "Must be one of a, b, c." */
const CHOICES =
  /^Must be (?:one of )?((?:[\w.:]+, )+[\w.:]+(?: or [\w.:]+)?|[\w.:]+ or [\w.:]+)\.(?: Did you mean \S+\?)?$/;

const sentences: Readonly<Record<string, (typed: TypedInput, operation: string) => string>> = {
  "Must be an id: a UUID in lower case.": (typed, operation) =>
    `${quoted(typed)} is not an id. See: ${listingOf(typed, operation)}`,
  "Must be a date and time such as 2026-01-31T12:00:00Z.": ({ value }) => {
    const absent = absentPart(value);
    if (absent !== undefined) return absent;
    return "use a date such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z.";
  },
  "The address has no @.": () => "use an address such as ann@example.com.",
  "Must be in the years 1 to 9999 (UTC).": () => "use a date in the years 1 to 9999.",
  "Must not be one of the first that somebody would try. Four words chosen at random are good.": () =>
    "it is too easy to guess. Use four words chosen at random.",
};

function wrongChoice({ name, value }: TypedInput, choices: readonly string[]): string {
  if (value === undefined) return `use ${choiceOf(choices)}.`;
  return unknownChoice(name.replace(/^--/, "").replaceAll("-", " "), value, choices);
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?)?$/i;

/** Names the day, the time of day or the time zone that does not exist, such as 2026-02-30, 25:00 or +99:00. */
function absentPart(text = ""): string | undefined {
  const [, day, time = "00:00", zone = "Z"] = TIME.exec(text) ?? [];
  if (day === undefined) return undefined;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day))
    return `there is no ${day}. Use a date such as 2026-01-31.`;
  if (!isTime(time)) return `there is no time ${time}. Use a time such as 2026-01-31T12:00:00Z.`;
  return isTime(zone.slice(1) || "00:00")
    ? undefined
    : `there is no time zone ${zone}. Use a time such as 2026-01-31T12:00:00+02:00.`;
}

function isTime(text: string): boolean {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(":").map(Number);
  return hours < 24 && minutes < 60 && seconds < 60;
}

/** The value of a secret is never shown, nor its length. */
function lengthOf({ value }: TypedInput): string {
  return value === undefined ? "" : ` (yours has ${Array.from(value).length})`;
}

const quoted = ({ value }: TypedInput): string => (value === undefined ? "it" : `"${value}"`);

/** The command that lists the ids. */
function listingOf({ name }: TypedInput, operation: string): string {
  if (name === "--created-by" || name === "--actor") return "projo members list";
  if (name === "--project") return "projo projects list";
  return listCommands[operation.split(".", 1)[0] ?? ""] ?? "projo --help";
}
