// The commands of the program, and the command that a line names.
import type { Command, Option } from "commander";
import { createWholeProgram } from "../../../../src/program.ts";
import { silentIo } from "../../../words/help-texts.ts";

export const programTree = (): Promise<Command> => createWholeProgram(silentIo());

/** All commands below the program, and the program itself. Commander's `help` is the program's own for each group. */
export function allCommands(command: Command): Command[] {
  const below = command.commands.filter((one) => one.name() !== "help" || command.parent === null);
  return [command, ...below.flatMap(allCommands)];
}

/** The name of a command, such as `projo tasks list`. */
export const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

export interface Found {
  readonly command: Command;
  /** The words that are no option, no value of one and no name of a command. */
  readonly rest: readonly string[];
  /** The options that the command does not have. */
  readonly unknownOptions: readonly string[];
  readonly options: ReadonlyMap<string, string | undefined>;
}

/** Reads the words after `projo`. */
export function findCommand(program: Command, words: readonly string[]): Found {
  let command = program;
  const rest: string[] = [];
  const unknownOptions: string[] = [];
  const options = new Map<string, string | undefined>();
  for (let n = 0; n < words.length; n += 1) {
    const word = words[n] ?? "";
    if (word.startsWith("-") && word !== "-") {
      const [flag = word, ownValue] = word.split("=", 2);
      const option = optionOf(command, flag);
      if (!option && flag !== "--help" && flag !== "-h") unknownOptions.push(flag);
      const takesNext = option?.required === true && ownValue === undefined;
      options.set(option?.long ?? flag, takesNext ? words[(n += 1)] : ownValue);
      continue;
    }
    const next: Command | undefined =
      rest.length > 0
        ? undefined
        : command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (next) command = next;
    else rest.push(word);
  }
  return { command, rest, unknownOptions, options };
}

function optionOf(command: Command | null, flag: string): Option | undefined {
  if (!command) return undefined;
  const own = command.options.find(({ long, short }) => flag === long || flag === short);
  return own ?? optionOf(command.parent, flag);
}

/** Splits a line of a shell into its words, without redirections and without what follows the command. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [whole] of line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
    if (/^(?:[|;]|&&)/.test(whole)) break;
    if (/^\d?[<>]/.test(whole)) continue;
    words.push(whole.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
  }
  return words;
}
