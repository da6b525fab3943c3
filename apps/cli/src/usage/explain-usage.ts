// Describes a wrong command line in one line: what is wrong, the probable intention, and the command that shows the help.
import type { Argument, Command, Option } from "commander";
import { outputOf } from "../output/command-fields.ts";
import { choiceOf, unknownChoice } from "./choice-words.ts";
import { suggestCommands } from "./suggest-command.ts";
import { hasOption, suggestOptions } from "./suggest-option.ts";
import type { CommandLineError } from "./command-line-error.ts";
import { lowerFirst } from "../lower-first.ts";

/** @param loadProgram loads all commands, of which only those of the command line are loaded so far */
export async function explainUsage(
  problem: CommandLineError,
  loadProgram: () => Promise<Command>,
): Promise<string> {
  const message = await problemMessage(problem, loadProgram);
  return `${message} See: ${pathOf(problem.command)} --help`;
}

async function problemMessage(
  { command, code, message }: CommandLineError,
  loadProgram: () => Promise<Command>,
): Promise<string> {
  switch (code) {
    case "commander.unknownCommand":
      return unknownCommandMessage(command, await loadProgram());
    case "commander.unknownOption":
      return unknownOptionMessage(command, quotedIn(message));
    case "commander.missingArgument":
    case "commander.missingMandatoryOptionValue":
      return missingMessage(command);
    case "commander.optionMissingArgument":
      return missingValueMessage(quotedIn(message));
    case "commander.invalidArgument":
      return invalidValueMessage(command, message);
    case "commander.conflictingOption":
      return conflictMessage(message);
    case "commander.excessArguments":
      return excessMessage(command);
    default:
      return asSentence(message);
  }
}

/** The command as the user writes it: `projo tasks list`. */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** At most so many commands are suggested. */
const MAX_SUGGESTIONS = 3;

/** What users work with most comes first. */
const firstNouns = ["projects", "tasks", "workspaces", "members", "invites", "keys"];
const rankOf = (line: string): number => (firstNouns.indexOf(line.split(" ")[1] ?? "") + 100) % 100;
const byNoun = (a: string, b: string): number => rankOf(a) - rankOf(b);

function unknownCommandMessage(group: Command, program: Command): string {
  const typed = group.args.filter((word) => !word.startsWith("-"));
  const words = [...pathOf(group).split(" ").slice(1), ...typed];
  const known = words.length - typed.length;
  const problem = `There is no command "${["projo", ...words.slice(0, known + 1)].join(" ")}".`;
  const suggestions = suggestCommands(program, words).map((line) => `projo ${line}`);
  if (suggestions.length === 0) return problem;
  const shown = choiceOf(suggestions.toSorted(byNoun).slice(0, MAX_SUGGESTIONS));
  return suggestions.length > MAX_SUGGESTIONS
    ? `${problem} Name the kind of thing first, such as: ${shown}.`
    : `${problem} Did you mean: ${shown}?`;
}

/** The value after an equals sign can be a secret, so it is not shown. */
function unknownOptionMessage(command: Command, typed: string): string {
  const [flag = typed] = typed.split("=", 1);
  if (flag !== typed && hasOption(command, flag))
    return `${flag} takes no value. Write it alone, or omit it.`;
  const suggestions = suggestOptions(command, flag);
  const problem = `There is no option ${flag}.`;
  if (suggestions.length > 0) return `${problem} Did you mean ${choiceOf(suggestions)}?`;
  const isText = /^-[^-]{2}/.test(flag) && command.registeredArguments.length > 0;
  return isText ? `${problem} If it is a name or a text, put -- before it.` : problem;
}

/** Names everything that is missing at once. An unknown option is the cause when there is one. */
function missingMessage(command: Command): string {
  const unknown = command.args.find((word) => word.startsWith("-") && word !== "-");
  if (unknown !== undefined) return unknownOptionMessage(command, unknown);
  const absent = command.registeredArguments
    .filter(({ required }, index) => required && command.args[index] === undefined)
    .map(termOf);
  const options = command.options
    .filter((option) => option.mandatory && command.getOptionValue(option.attributeName()) === undefined)
    .map(({ flags }) => flags);
  const all = [...absent, ...options];
  return `Missing ${all.length === 1 ? "argument" : "arguments"}: ${all.join(", ")}.`;
}

function missingValueMessage(flags: string): string {
  const [option] = flags.split(" ");
  return `${option} needs a value: ${flags}.`;
}

function invalidValueMessage(command: Command, message: string): string {
  const [, flags, optionValue = "", optionAdvice = ""] =
    /^error: option '(.*?)' (?:argument|value) '(.*)' (?:from env '.*' )?is invalid\. (.*)$/s.exec(message) ??
    [];
  if (flags !== undefined) {
    const option = command.options.find((one) => one.flags === flags);
    const name = option?.long ?? flags;
    return `${name}: ${lowerFirst(problemOf(optionValue, optionAdvice, option))}`;
  }
  const [, value = "", name, advice = ""] =
    /^error: command-argument value '(.*)' is invalid for argument '(.*?)'\. (.*)$/s.exec(message) ?? [];
  const argument = command.registeredArguments.find((one) => one.name() === name);
  const problem = problemOf(value, advice, argument);
  return argument?.argChoices ? problem : `<${name}>: ${lowerFirst(problem)}`;
}

function problemOf(value: string, advice: string, target: Option | Argument | undefined): string {
  if (target?.argChoices) return unknownChoice(nounOf(target), value, target.argChoices);
  const [, rule] = /^It must be (.*)\.$/s.exec(advice) ?? [];
  return rule === undefined ? advice : `Use ${rule}, not "${value}".`;
}

/** `status` for `--status <status>`, or the name of the argument. */
const nounOf = (target: Option | Argument): string =>
  ("flags" in target ? /<(.*)>|$/.exec(target.flags)?.[1] : target.name()) ?? "value";

function conflictMessage(message: string): string {
  const names = Array.from(message.matchAll(/option '(--\S+?)(?: .*?)?'/g), ([, name]) => name);
  return `Use ${names.join(" or ")}, not both.`;
}

/** Does not repeat the arguments, because one of them can be a password. */
function excessMessage(command: Command): string {
  const { registeredArguments: expected, args } = command;
  const last = expected.at(-1);
  if (last === undefined) {
    const takesNone = `${pathOf(command)} takes no argument.`;
    const fields = fieldsAfterJson(command);
    return fields === undefined ? takesNone : `${takesNone} Separate fields by commas: --json ${fields}.`;
  }
  const takes = `${pathOf(command)} takes only ${listOf(expected.map(termOf))}, and ${args.length} arguments were given.`;
  const lateOption = args.find((word) => command.options.some(({ long }) => long === word.split("=", 1)[0]));
  if (lateOption !== undefined) return `${takes} Put ${lateOption.split("=", 1)[0]} before the --.`;
  const isText = TEXTS.has(last.name()) && command.parent?.name() !== "config";
  return isText ? `${takes} Put a text with spaces in quotation marks.` : takes;
}

/** `--json id title`: the words after the first field are arguments. Undefined if they are no fields. */
function fieldsAfterJson(command: Command): string | undefined {
  const { json }: { json?: unknown } = command.optsWithGlobals();
  const fields = outputOf(pathOf(command).replace(/^projo /, ""))?.fields ?? [];
  const areFields = typeof json === "string" && command.args.every((word) => fields.includes(word));
  return areFields ? [json, ...command.args].join(",") : undefined;
}

/** Arguments that can contain spaces. */
const TEXTS: ReadonlySet<string> = new Set(["title", "name", "id-or-name"]);

const termOf = (argument: Argument): string =>
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;

const quotedIn = (message: string): string => /'(.*)'/s.exec(message)?.[1] ?? "";

function asSentence(message: string): string {
  const text = message.replace(/^error: /, "").replaceAll(/\s+/g, " ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;
}

/** "<title> and --project <id-or-name>" */
function listOf(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}
