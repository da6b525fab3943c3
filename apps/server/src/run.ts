import { CommanderError } from "commander";
import { UsageError } from "./command.ts";
import type { ExitCode, Io } from "./io.ts";
import { createProgram, nearestCommand } from "./program.ts";

/** Runs one command line, given without the program's name. Never throws and never exits. @returns the exit code */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = createProgram(io, (code) => (exitCode = code));
  const report = (message: string): void =>
    io.note(argv.includes("--json") ? JSON.stringify({ error: { message } }) : message);
  try {
    await program.parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      // commander has shown the help or the version.
      if (error.exitCode === 0) return 0;
      // The arguments name a command group only. commander has shown its help.
      if (error.code !== "commander.help")
        report(`${toSentence(error.message)} See: ${nearestCommand(program, argv)} --help`);
      return 2;
    }
    if (error instanceof UsageError) {
      report(error.message);
      return 2;
    }
    const { explainFailure } = await import("./explain-failure.ts");
    report(explainFailure(error, argv));
    return 1;
  }
}

/** "error: unknown command 'docter'\n(Did you mean doctor?)" becomes "Unknown command 'docter'. Did you mean doctor?" */
function toSentence(message: string): string {
  const [first = "", hint] = message.replace(/^error: /, "").split(/\n\((.*)\)$/s);
  const sentence = first.charAt(0).toUpperCase() + first.slice(1).replace(/\.$/, "");
  return hint ? `${sentence}. ${hint}` : `${sentence}.`;
}
