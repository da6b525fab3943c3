import { CommanderError } from "commander";
import type { ExitCode } from "./cli-error.ts";
import type { Io } from "./io.ts";
import { createProgram } from "./program.ts";

/** Runs one command line, given without the program's name. Never throws and never exits. @returns the exit code */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  // A word may also be the value of an option: then a command that is not needed is loaded.
  const program = await createProgram(io, argv);
  try {
    await program.parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, argv, io);
    // commander has shown the help or the version. With another code than 0, the arguments name a command group only.
    return error.exitCode === 0 ? 0 : 2;
  }
}

/** Reports the error. Loads what explains errors only here, so that a command without one starts faster. */
export async function report(error: unknown, argv: readonly string[], io: Io): Promise<ExitCode> {
  const { reportError } = await import("./report-error.ts");
  // Read from the arguments, because a command line that does not parse has no options.
  return reportError(error, io, { json: argv.includes("--json") });
}
