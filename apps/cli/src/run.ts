import { type Command, CommanderError } from "commander";
import { type ExitCode, usageError } from "./cli-error.ts";
import { type Io, withoutColour } from "./io.ts";
import { createProgram, nearestCommand } from "./program.ts";

/** Runs one command line, given without the program's name. Never throws and never exits. @returns the exit code */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  if (argv.includes("--no-color")) io.env = withoutColour(io.env);
  // A word may also be the value of an option: then a command that is not needed is loaded.
  const program = await createProgram(io, argv);
  try {
    const words = argv.some(mayHaveFields) ? await withJsonFields(program, argv, io) : argv;
    if (words === undefined) return 0;
    await program.parseAsync(words.length === 0 ? ["--help"] : [...words], { from: "user" });
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
  // Read from the arguments, because a command line that does not parse has no options.
  return reportError(error, io, { json: argv.some(isJsonOption) });
}

const isJsonOption = (word: string): boolean => word === "--json" || word.startsWith("--json=");

/** True for --json before a word that can be its fields or an argument of the command, and if the fields are to be listed. */
const mayHaveFields = (word: string, index: number, argv: readonly string[]): boolean =>
  word === "--json=?" || (word === "--json" && /^[^-]/.test(argv[index + 1] ?? ""));

/** Returns the words with --json and its fields as one word. Undefined if the fields are listed instead of running the command. */
async function withJsonFields(program: Command, argv: readonly string[], io: Io) {
  const { readJsonArguments } = await import("./output/json-argument.ts");
  const { argv: words, listed } = readJsonArguments(program, argv);
  if (!listed) return words;
  io.stdout.write(listed.map((field) => `${field}\n`).join(""));
  return undefined;
}

/** "error: unknown command 'taks'\n(Did you mean tasks?)" becomes "Unknown command 'taks'. Did you mean tasks?" */
function inOneLine(message: string): string {
  const [first = "", hint] = message.replace(/^error: /, "").split(/\n\((.*)\)$/s);
  const sentence = first.charAt(0).toUpperCase() + first.slice(1).replace(/\.$/, "");
  return hint ? `${sentence}. ${hint}` : `${sentence}.`;
}
