import { CommanderError } from "commander";
import { type ExitCode, usageError } from "./cli-error.ts";
import type { Io } from "./io.ts";
import { createProgram, nearestCommand } from "./program.ts";
import { reportError } from "./report-error.ts";

/** Runs one command line, without the program's own name. Returns the exit code; never throws, never exits. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  const program = createProgram(io);
  try {
    await program.parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportError(error, io, { json: wantsJson(argv) });
    // Help and the version were asked for and shown.
    if (error.exitCode === 0) return 0;
    // A group without its command: its help was shown.
    if (error.code === "commander.help") return 2;
    const words = inOneLine(error.message);
    return reportError(usageError(`${words} See: ${nearestCommand(program, argv)} --help`), io, {
      json: wantsJson(argv),
    });
  }
}

/** Read here as well, because a command line that does not parse has no options yet. */
const wantsJson = (argv: readonly string[]): boolean => argv.includes("--json");

/** "error: unknown command 'taks'\n(Did you mean tasks?)" becomes "Unknown command 'taks'. Did you mean tasks?" */
function inOneLine(message: string): string {
  const [first = "", hint] = message.replace(/^error: /, "").split(/\n\((.*)\)$/s);
  const sentence = first.charAt(0).toUpperCase() + first.slice(1).replace(/\.$/, "");
  return hint ? `${sentence}. ${hint}` : `${sentence}.`;
}
