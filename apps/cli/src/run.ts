import { CommanderError } from "commander";
import { type ExitCode, usageError } from "./cli-error.ts";
import type { Io } from "./io.ts";
import { createProgram, nearestCommand } from "./program.ts";
import { applySettings } from "./settings/apply-settings.ts";

const WITHOUT_SETTINGS = ["config", "doctor", "help", "--help", "-h", "--version"];

/** Runs one command line, given without the program's name. Never throws and never exits. @returns the exit code */
export async function run(argv: readonly string[], given: Io): Promise<ExitCode> {
  let io = given;
  try {
    io = applySettings(given);
  } catch (error) {
    // These commands report or replace the settings, or need none.
    if (!argv.some((word) => WITHOUT_SETTINGS.includes(word))) return report(error, argv, io);
  }
  // A word may also be the value of an option: then a command that is not needed is loaded.
  const program = await createProgram(io, argv);
  try {
    await program.parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, argv, io);
    // commander has shown the help or the version.
    if (error.exitCode === 0) return 0;
    // The arguments name a command group only. commander has shown its help.
    if (error.code === "commander.help") return 2;
    const message = inOneLine(error.message);
    return report(usageError(`${message} See: ${nearestCommand(program, argv)} --help`), argv, io);
  }
}

/** Reports the error. Loads what explains errors only here, so that a command without one starts faster. */
export async function report(error: unknown, argv: readonly string[], io: Io): Promise<ExitCode> {
  const { reportError } = await import("./report-error.ts");
  const { optionsToRepeatOf } = await import("./connection/next-commands.ts");
  const toRepeat = await optionsToRepeatOf(io, argv);
  // Read from the arguments, because a command line that does not parse has no options.
  return reportError(error, io, { json: argv.includes("--json"), toRepeat });
}

/** "error: unknown command 'taks'\n(Did you mean tasks?)" becomes "Unknown command 'taks'. Did you mean tasks?" */
function inOneLine(message: string): string {
  const [first = "", hint] = message.replace(/^error: /, "").split(/\n\((.*)\)$/s);
  const sentence = first.charAt(0).toUpperCase() + first.slice(1).replace(/\.$/, "");
  return hint ? `${sentence}. ${hint}` : `${sentence}.`;
}
