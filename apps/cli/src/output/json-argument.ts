// The fields after --json are optional, and an argument can follow --json too: `tasks list --json id`, `projects create --json Website`.
import type { Command, Option } from "commander";
import { usageError } from "../cli-error.ts";
import { outputOf, pathOf } from "./command-fields.ts";

export interface JsonArguments {
  /** The words, with `--json` and its fields as one word. */
  readonly argv: readonly string[];
  /** For `--json=?`: the fields to list instead of running the command. */
  readonly listed?: readonly string[];
}

/** Joins --json and its fields, and finds `--json=?`. @throws CliError when `?` is given and the command prints no JSON */
export function readJsonArguments(program: Command, argv: readonly string[]): JsonArguments {
  const at = argv.findIndex((word) => word === "--json" || word.startsWith("--json="));
  const { command, operands, operandsEnd, isNextCommand } = walk(program, argv, at);
  if (at < 0 || at >= operandsEnd) return { argv };
  const [word = "", next] = [argv[at], argv[at + 1]];
  if (word !== "--json") return word === "--json=?" ? listed(command, argv) : { argv };
  const rest = argv.slice(at + 1);
  const canBeFields = next !== undefined && !next.startsWith("-") && !isNextCommand;
  if (!canBeFields || !areFields(next, { program, command, operands }))
    return { argv: [...argv.slice(0, at), "--json=", ...rest] };
  if (next === "?") return listed(command, argv);
  return { argv: [...argv.slice(0, at), `--json=${next}`, ...rest.slice(1)] };
}

function listed(command: Command, argv: readonly string[]): JsonArguments {
  const path = pathOf(command);
  // No command is named, or an unknown one: commander says so.
  if (path === "") return { argv };
  const output = outputOf(path);
  if (!output) throw usageError(`projo ${path} prints no JSON. See: projo ${path} --help`);
  if (!output.fields) throw usageError(`projo ${path}: the fields depend on the arguments.`);
  return { argv, listed: output.fields };
}

interface Walked {
  command: Command;
  /** The number of arguments besides the word after --json. */
  operands: number;
  /** The position of `--`, after which nothing is an option. */
  operandsEnd: number;
  /** True if the word after --json names a command. */
  isNextCommand: boolean;
}

function walk(program: Command, argv: readonly string[], at: number): Walked {
  let command = program;
  let operands = 0;
  let isNextCommand = false;
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? "";
    if (word === "--") {
      const all = operands + argv.length - index - 1;
      return { command, operands: all, operandsEnd: index, isNextCommand };
    }
    if (word.startsWith("-") && word !== "-") {
      if (index !== at && takesValue(command, word)) index += 1;
      continue;
    }
    const inner = operands === 0 ? subcommand(command, word) : undefined;
    if (inner) {
      command = inner;
      isNextCommand ||= index === at + 1;
    } else if (index !== at + 1 || argv[at] !== "--json") operands += 1;
  }
  return { command, operands, operandsEnd: argv.length, isNextCommand };
}

const subcommand = (command: Command, word: string): Command | undefined =>
  command.commands.find((one) => one.name() === word || one.aliases().includes(word));

/** True for an option whose value is the next word. */
function takesValue(command: Command, word: string): boolean {
  const option = optionOf(command, word);
  return option !== undefined && option.required && (word === option.long || word === option.short);
}

function optionOf(command: Command | null, word: string): Option | undefined {
  if (!command) return undefined;
  const name = word.replace(/=.*$/s, "");
  return (
    command.options.find(({ long, short }) => long === name || short === name) ??
    optionOf(command.parent, word)
  );
}

interface Place {
  program: Command;
  command: Command;
  operands: number;
}

/** True if the word is a list of fields, and not the name of a command or an argument of the command. */
function areFields(word: string, { program, command, operands }: Place): boolean {
  if (word === "?") return true;
  if (command === program || command.commands.length > 0) return false;
  const known = outputOf(pathOf(command))?.fields ?? [];
  // One correct field of several shows that fields are meant.
  if (word.split(",").some((field) => known.includes(field.trim()))) return true;
  const { registeredArguments } = command;
  const room = registeredArguments.some(({ variadic }) => variadic) ? Infinity : registeredArguments.length;
  return operands >= room;
}
