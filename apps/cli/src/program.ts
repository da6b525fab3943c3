// The command tree. The folders and files under commands/ have the names of the commands.
import { Command, Help } from "commander";
import { openCli, type Start } from "./cli.ts";
import { commands } from "./commands.ts";
import { examples } from "./examples.ts";
import { columnsOf, type Io, takesColour } from "./io.ts";
import { chosenFormat } from "./output/chosen-format.ts";
import { addOutputOptions } from "./output/output-options.ts";
import type { FormatValue } from "./output/format-value.ts";
import { version } from "./version.ts";

/** Creates the commands with these names completely. The others have a name and a description only, for the help. */
export async function createProgram(io: Io, names: readonly string[]): Promise<Command> {
  const program = new Command("projo")
    .description("Command-line client of a ProjoStack server: workspaces, members, projects and tasks.")
    .option("--url <url>", "URL of the server (default: PROJO_URL, else the server of the last sign-in)")
    .option("--workspace <id-or-name>", "workspace (default: PROJO_WORKSPACE, else the selected one)")
    .option("--ca-file <file>", "trust the certificate authorities in this file too (default: PROJO_CA_FILE)")
    .version(version(), "--version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .configureHelp({ showGlobalOptions: true, subcommandTerm: termOf })
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      // `run` reports the thrown error, so commander must not print it too.
      outputError: () => {},
      getOutHelpWidth: () => columnsOf(io.stdout),
      getErrHelpWidth: () => columnsOf(io.stderr),
      getOutHasColors: () => takesColour(io, io.stdout),
      getErrHasColors: () => takesColour(io, io.stderr),
    })
    .addHelpText(
      "after",
      examples([
        "projo signup ann@example.com",
        'projo workspaces create "Acme"',
        'projo projects create "Website"',
        'projo tasks create "Write the first page" --project Website',
        "projo tasks list --status todo",
      ]),
    );

  addOutputOptions(program);
  let format: FormatValue | undefined;
  program.hook("preAction", async (_program, command) => {
    format = await chosenFormat(command);
  });
  const start: Start = (command) => openCli(io, command.optsWithGlobals(), format);
  for (const { name, description, load } of commands) {
    const command = program.command(name).description(description);
    if (names.includes(name)) (await load())(command, start);
  }
  return program;
}

/** The help of projo writes each command as in the table, whether or not it is complete. */
function termOf(command: Command): string {
  const isTop = command.parent?.parent === null;
  const listed = commands.find(({ name }) => isTop && name === command.name());
  return listed?.term ?? new Help().subcommandTerm(command);
}

/** Returns the last known command of the arguments: `projo tasks` for `tasks lst`. */
export function nearestCommand(program: Command, argv: readonly string[]): string {
  const words = argv.filter((word) => !word.startsWith("-"));
  const path = [program.name()];
  let command: Command | undefined = program;
  for (const word of words) {
    command = command?.commands.find((candidate) => candidate.name() === word);
    if (!command) break;
    path.push(word);
  }
  return path.join(" ");
}
