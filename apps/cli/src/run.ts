import { type Command, CommanderError } from "commander";
import { type CliError, type ExitCode, usageError } from "./cli-error.ts";
import { type Io, withoutColour } from "./io.ts";
import { createProgram } from "./program.ts";
import { applySettings } from "./settings/apply-settings.ts";
import { withStatusLine } from "./terminal/status-line.ts";

const WITHOUT_SETTINGS = [
  "config",
  "doctor",
  "completion",
  "__complete",
  "help",
  "--help",
  "-h",
  "--version",
];

const OF_WHOLE_HELP: ReadonlySet<string> = new Set(["help", "--all", "--no-color"]);

const helpOfAllAlone = (): CliError =>
  usageError("projo help --all takes no argument. For the help of one command: projo help tasks list");

/** Runs one command line, given without the program's name. Never throws and never exits. @returns the exit code */
export async function run(argv: readonly string[], given: Io): Promise<ExitCode> {
  let io = withStatusLine(given);
  try {
    io = applySettings(io);
  } catch (error) {
    // These commands report or replace the settings, or need none.
    if (!argv.some((word) => WITHOUT_SETTINGS.includes(word))) return report(error, argv, io);
  }
  if (argv.includes("--no-color")) io.env = withoutColour(io.env);
  // The help command takes the names of commands only.
  if (argv[0] === "help" && argv.includes("--all")) {
    if (argv.some((word) => !OF_WHOLE_HELP.has(word))) return report(helpOfAllAlone(), argv, io);
    await (await import("./reference/print-reference.ts")).printReference(io);
    return 0;
  }
  // A word may also be the value of an option: then a command that is not needed is loaded.
  const program = await createProgram(io, argv);
  try {
    const words = argv.some(mayHaveFields) ? await withJsonFields(program, argv, io) : argv;
    if (words === undefined) return 0;
    await program.parseAsync(words.length === 0 ? ["--help"] : [...words], { from: "user" });
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
  const { optionsToRepeatOf } = await import("./connection/next-commands.ts");
  const toRepeat = await optionsToRepeatOf(io, argv);
  // Read from the arguments, because a command line that does not parse has no options.
  return reportError(error, io, { json: argv.some(isJsonOption), toRepeat });
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
