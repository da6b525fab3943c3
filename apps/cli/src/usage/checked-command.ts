import { Command } from "commander";
import { type CliError, usageError } from "../cli-error.ts";
import { CommandLineError } from "./command-line-error.ts";

/** A command that throws a CommandLineError for a wrong command line. */
export class CheckedCommand extends Command {
  constructor(name?: string) {
    super(name);
    // `addHelpCommand` adds one that accepts several words.
    this.helpCommand(false);
  }

  override createCommand(name?: string): Command {
    return new CheckedCommand(name);
  }

  override copyInheritedSettings(source: Command): this {
    return super.copyInheritedSettings(source).helpOption("-h, --help", "show this help");
  }

  /** Commander calls it for every wrong command line. */
  override error(message: string, { code = "commander.error" }: { code?: string } = {}): never {
    throw new CommandLineError(this, code, message);
  }
}

/** Refuses the help of an unknown command: commander shows the help of `projo` for `projo nope --help`. @throws CommandLineError */
export function checkHelp({ command }: { command: Command }): void {
  const [word] = command.args;
  if (word !== undefined && !word.startsWith("-")) findCommand(command, word);
}

/** Refuses an empty argument or option: it is nearly always a variable of a script that is not set. @throws CliError */
export function refuseEmptyText(command: Command): void {
  // `config set` has a message of its own, and the last word of a completion is empty before the first letter.
  if (["set", "__complete"].includes(command.name())) return;
  const { registeredArguments: terms, args } = command;
  const argument = args.findIndex(isEmpty);
  if (argument !== -1) throw emptyText((terms[argument] ?? terms.at(-1))?.name() ?? "argument");
  for (let owner: Command | null = command; owner; owner = owner.parent)
    for (const option of owner.options)
      // An empty --json selects no fields.
      if (option.long !== "--json" && isEmpty(owner.getOptionValue(option.attributeName())))
        throw emptyText(option.long ?? option.flags);
}

const isEmpty = (value: unknown): boolean => typeof value === "string" && value.trim() === "";

const emptyText = (name: string): CliError => usageError(`${name}: must not be empty.`);

/** Adds the command `help`, which shows the help of the command that its words name. */
export function addHelpCommand(group: Command): void {
  group
    .command("help", { hidden: true })
    .description("Show the help of a command.")
    .argument("[command...]")
    .action((words: readonly string[]) => words.reduce(findCommand, group).help());
}

/** The name of a command and its other names. */
export const namesOf = (command: Command): readonly string[] => [command.name(), ...command.aliases()];

/** Returns the command with this name. A command without commands accepts any word. @throws CommandLineError */
function findCommand(group: Command, word: string): Command {
  if (group.commands.length === 0) return group;
  const found = group.commands.find((command) => namesOf(command).includes(word));
  if (found) return found;
  group.args = [word];
  throw new CommandLineError(group, "commander.unknownCommand", `unknown command '${word}'`);
}
