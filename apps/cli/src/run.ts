import { CommanderError } from "commander";
import { type ExitCode, usageError } from "./cli-error.ts";
import type { Io } from "./io.ts";
import { createProgram, nearestCommand } from "./program.ts";
import { reportError } from "./report-error.ts";

/** Runs one command line, given without the program's name. Never throws and never exits. @returns the exit code */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  const program = createProgram(io);
  try {
    await program.parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error, io, { json: wantsJson(argv) });
    // commander has shown the help or the version.
    if (error.exitCode === 0) return 0;
    // The arguments name a command group only. commander has shown its help.
    if (error.code === "commander.help") return 2;
    const message = inOneLine(error.message);
    return reportError(usageError(`${message} See: ${nearestCommand(program, argv)} --help`), io, {
      json: wantsJson(argv),
    });
  }
}

/** Reads --json from the arguments, because a command line that does not parse has no options. */
export const wantsJson = (argv: readonly string[]): boolean => argv.includes("--json");

/** "error: unknown command 'taks'\n(Did you mean tasks?)" becomes "Unknown command 'taks'. Did you mean tasks?" */
function inOneLine(message: string): string {
  const [first = "", hint] = message.replace(/^error: /, "").split(/\n\((.*)\)$/s);
  const sentence = first.charAt(0).toUpperCase() + first.slice(1).replace(/\.$/, "");
  return hint ? `${sentence}. ${hint}` : `${sentence}.`;
}
