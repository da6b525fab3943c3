// What holds for every line. Each rule returns the problem of a result, or undefined.
import type { Command } from "commander";
import { findCommand, type Found, nameOf, wordsOf } from "./program-tree.ts";
import type { Result } from "./scenario.ts";

export type Rule = (result: Result, program: Command) => string | undefined;

const isFailure = ({ exit }: Result): boolean => exit !== 0;

/** The words after `projo`, for a line that runs it once and prints what it prints. Undefined for other lines. */
export function wordsOfProjo({ step: { line } }: Pick<Result, "step">): readonly string[] | undefined {
  if (line.split(/\bprojo /).length !== 2 && line !== "projo") return undefined;
  const words = wordsOf(line.slice(line.indexOf("projo")));
  return words.slice(1);
}

/** True if the output of the line is that of projo. */
const isPlain = ({ step: { line } }: Result): boolean =>
  /^projo\b[^|;&]*$/.test(line.replaceAll(/'[^']*'/g, ""));

export const rules: Readonly<Record<string, Rule>> = {
  "prints nothing on standard output when it fails, except what was completed": (result) =>
    isFailure(result) && result.out !== "" && !result.step.printsOnFailure ? result.out : undefined,

  "prints an error when it fails": (result) =>
    isFailure(result) && result.err.trim() === "" ? "no message" : undefined,

  "shows no stack trace and no internal error": ({ out, err }) =>
    /^\s+at .+:\d+|\bError: |because of a bug|\[object |\bundefined\b(?! variable)|(?<!\()\bE(?:NOENT|ACCES|PIPE|ISDIR|NOTDIR|NOSPC|BADF|EXIST)\b/m.exec(
      out + err,
    )?.[0],

  "prints no control sequences without a terminal, unless a variable turns them on": ({ step, out, err }) => {
    const isOn = Object.keys(step.env ?? {}).some((name) => /^(?:CLICOLOR_FORCE|FORCE_COLOR)$/.test(name));
    return !isOn && /(?![\t\n\r])\p{Cc}/u.test(out + err) ? JSON.stringify(out + err) : undefined;
  },

  "prints no token and no password, except the one that it is for": ({ step, out, err, secrets }) => {
    const shown = step.printsSecret ? err : out + err;
    return secrets.find((secret) => shown.includes(secret)) ?? /pj[a-z]_[\w-]{20,}/.exec(shown)?.[0];
  },

  "prints JSON that can be parsed": (result) => {
    const words = isPlain(result) ? wordsOfProjo(result) : undefined;
    const isJson = words?.some((word) => /^--json(?:=(?!\?)|$)/.test(word)) && !words.includes("--jq");
    if (!isJson) return undefined;
    return [result.out, result.err].find((text) => text.startsWith("{") && !isParsed(text));
  },

  "prints a table of tab-separated values with equal rows": (result, program) => {
    const words = isPlain(result) ? wordsOfProjo(result) : undefined;
    if (!words || isFailure(result) || result.out === "") return undefined;
    const { command, options } = findCommand(program, words);
    const format = options.get("--format");
    const isList = command.options.some(({ long, attributeName }) => long === "--format" && attributeName);
    const isOther = ["--json", "--jq", "--template", "--quiet", "--help"].some((name) => options.has(name));
    if (!isList || command.name() === "export" || isOther || (format ?? "tsv") !== "tsv") return undefined;
    const counts = new Set(
      result.out
        // The last cell can be empty.
        .replace(/\n$/, "")
        .split("\n")
        .map((row) => row.split("\t").length),
    );
    return counts.size === 1 ? undefined : `rows of ${[...counts].join(" and ")} columns`;
  },

  "says what to do next when it fails": (result) => {
    if (!isFailure(result)) return undefined;
    const message = messageOf(result.err);
    return NEXT_STEP.test(message) ? undefined : message;
  },

  "names commands and options that exist": ({ out, err }, program) =>
    commandsIn(out + err)
      .find((words) => !isKnown(program, words))
      ?.join(" "),

  "repeats --url, --account and --workspace in the commands that it names": (result, program) => {
    const words = isFailure(result) ? wordsOfProjo(result) : undefined;
    const given = words && findCommand(program, words).options;
    if (!given) return undefined;
    return commandsIn(result.err)
      .map((next) => missingOptions(result, given, findCommand(program, next)))
      .find((missing) => missing !== undefined);
  },
};

/** What a sentence or a half sentence that tells the next step begins with. */
const NEXT_STEP =
  /: projo |\b(?:must|needs|Write)\b|Fields: |settings are: |\b(?:Copy|Keep|Remove|Free|Paste|Run|See|Use|Try|Add|Omit|Pipe|Name|Check|Correct|Create|Change|Choose|Unset|Set|Put|Ask|Export|Start|Enter|Invite|Save|Repeat)\b|: use\b|, use\b|\badd --|Did you mean|^Usage: /m;

const isParsed = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** The message of an error, as text or from its JSON. */
function messageOf(err: string): string {
  const json = /^\{\n[^]*^\}$/m.exec(err)?.[0];
  if (json === undefined || !isParsed(json)) return err;
  const { error } = JSON.parse(json) as { error?: { message?: string } };
  return error?.message ?? err;
}

/** The commands that a message names, as words after `projo`. Prose about projo has no colon, "or" or "and" before it. */
export function commandsIn(text: string): string[][] {
  const advice = text.replaceAll(/There is no command \\?"[^"]*"|^Usage: .*$/gm, "");
  const named = advice.matchAll(/(?:: |\bor |\| |`|\$ |")projo ((?!help --all)[^\n"`()]*)/g);
  return Array.from(named, ([, rest = ""]) => wordsOf(endOfCommand(rest))).filter(
    ([first]) => first !== undefined,
  );
}

/** A command ends before the prose that follows it. */
const endOfCommand = (text: string): string =>
  text.replace(/(?:[,;?.](?: |$)| or: | \||: | and ).*$/, "").replace(/\\$/, "");

function isKnown(program: Command, words: readonly string[]): boolean {
  const { command, rest, unknownOptions } = findCommand(program, words);
  return unknownOptions.length === 0 && (command.commands.length === 0 || rest.length === 0);
}

const IN_WORKSPACE =
  /^(?:(?:tasks|projects|members|keys|audit)\b|invites (?:create|list|get|resend|revoke)|workspaces (?:get|rename|leave|delete|export|import))/;

/** Returns an option that the next command lacks, although the line has it. A help, and what is selected anyway, need no option. */
function missingOptions(
  { step, variables }: Result,
  given: Found["options"],
  next: Found,
): string | undefined {
  const name = nameOf(next.command).replace("projo ", "");
  if (next.options.has("--help") || next.command.parent === null) return undefined;
  return ["--url", "--account", ...(IN_WORKSPACE.test(name) ? ["--workspace"] : [])].find((option) => {
    const value = given.get(option);
    if (value === undefined || step.selectedAnyway?.includes(option)) return false;
    const actual = value.replaceAll(
      /\$\{?([A-Z]+)\b(?:\/([^/]*)\/([^}]*)\})?/g,
      (_, variable: string, from: string | undefined, to: string | undefined) =>
        (variables.get(variable) ?? "").replace(from ?? "", to ?? ""),
    );
    return next.options.get(option) !== actual;
  });
}
