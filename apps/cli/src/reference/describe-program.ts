// The reference of all commands as data, read from the command tree. The text of `projo help --all`, the man page and the page of
// the documentation are written from it.
import { EventEmitter } from "node:events";
import type { Command } from "commander";
import type { Io } from "../io.ts";

export interface CommandReference {
  /** `projo tasks list` */
  readonly path: string;
  readonly usage: string;
  readonly description: string;
  readonly arguments: readonly Term[];
  /** Without those of the whole program, which are the options of the first reference. */
  readonly options: readonly Term[];
  /** What the help adds at its end: examples, lists of values. */
  readonly notes: string;
}

export interface Term {
  readonly term: string;
  readonly description: string;
}

/** Returns the program and then each command that does something, in the order of the help. */
export async function describeProgram(io: Io): Promise<CommandReference[]> {
  const { createWholeProgram } = await import("../program.ts");
  const program = await createWholeProgram(io);
  return [describe(program), ...leavesOf(program).map(describe)];
}

function leavesOf(command: Command): Command[] {
  return subcommandsOf(command).flatMap((one) => {
    const below = leavesOf(one);
    return below.length === 0 ? [one] : below;
  });
}

const subcommandsOf = (command: Command): Command[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== "help");

function describe(command: Command): CommandReference {
  const help = command.createHelp();
  return {
    path: pathOf(command),
    usage: help.commandUsage(command),
    description: help.commandDescription(command),
    arguments: help.visibleArguments(command).map((one) => ({
      term: help.argumentTerm(one),
      description: help.argumentDescription(one),
    })),
    options: help
      .visibleOptions(command)
      .filter(({ long }) => command.parent === null || long !== "--help")
      .map((one) => ({ term: help.optionTerm(one), description: help.optionDescription(one) })),
    notes: notesOf(command),
  };
}

const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

/** Returns the texts that were added to the help of the command itself. commander writes them in an event. */
function notesOf(command: Command): string {
  const written: string[] = [];
  const context = { error: false, command, write: (text: string) => void written.push(text) };
  // The types of commander do not tell that a command is an emitter.
  if (command instanceof EventEmitter) command.emit("afterHelp", context);
  return written.join("").trim();
}
