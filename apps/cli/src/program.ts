// The command tree. The folders and files under commands/ have the names of the commands.
import { type Command, Help } from "commander";
import { openCli, type Start } from "./cli.ts";
import { commands, type NamedCommand } from "./commands.ts";
import { examples } from "./examples.ts";
import { describeArgument, describeOption } from "./help/describe-option.ts";
import { formatHelp } from "./help/format-help.ts";
import { formatItem } from "./help/format-item.ts";
import { globalOptions } from "./help/global-options.ts";
import { rememberCommand } from "./inputs/running-command.ts";
import { columnsOf, type Io, takesColour } from "./io.ts";
import { chosenFormat } from "./output/chosen-format.ts";
import { addOutputOptions } from "./output/output-options.ts";
import type { FormatValue } from "./output/format-value.ts";
import { addHelpCommand, CheckedCommand, checkHelp, refuseEmptyText } from "./usage/checked-command.ts";
import { version } from "./version.ts";

/**
 * Creates the commands for a command line. If its first word is a command, only that one is created, and if the second word is a
 * subcommand, only that subcommand of it. Otherwise the commands that its words do not name have a name and a description only, for
 * the help.
 */
export function createProgram(io: Io, words: readonly string[]): Promise<Command> {
  const first = commands.find(({ name }) => name === words[0]);
  if (first) return createCommands(io, { listed: [first], complete: [first], subcommand: words[1] });
  const complete = commands.filter(({ name }) => words.includes(name));
  return createCommands(io, { listed: commands, complete });
}

/** Creates all commands completely. */
export const createWholeProgram = (io: Io): Promise<Command> =>
  createCommands(io, { listed: commands, complete: commands });

interface Chosen {
  readonly listed: readonly NamedCommand[];
  readonly complete: readonly NamedCommand[];
  readonly subcommand?: string | undefined;
}

async function createCommands(io: Io, { listed, complete, subcommand }: Chosen): Promise<Command> {
  const program = new CheckedCommand("projo")
    .description("Command-line client of a ProjoStack server: workspaces, members, projects and tasks.")
    .optionsGroup("Global options:")
    .option("--url <url>", "URL of the server (default: PROJO_URL, else the server of the last sign-in)")
    .option("--account <email>", "account (default: PROJO_ACCOUNT, else the active one of the server)")
    .option("--workspace <id-or-name>", "workspace (default: PROJO_WORKSPACE, else the selected one)")
    .option("--ca-file <file>", "trust the certificate authorities in this file too (default: PROJO_CA_FILE)")
    .option(
      "--timeout <seconds>",
      "maximum time to wait for the server (default: PROJO_TIMEOUT, else 30 for each call)",
    )
    .version(version(), "--version", "show the version of projo")
    .helpOption("-h, --help", "show the help of projo, or of a command")
    .configureHelp({
      minWidthToWrap: 20,
      formatHelp,
      formatItem,
      subcommandTerm: termOf,
      optionDescription: describeOption,
      argumentDescription: describeArgument,
    })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
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
        "projo help tasks list",
        "projo help --all",
      ]),
    )
    .on("beforeAllHelp", checkHelp)
    .addHelpText("afterAll", globalOptions)
    .hook("preAction", (_program, command) => {
      rememberCommand(io, command);
      refuseEmptyText(command);
    });

  addOutputOptions(program);
  let format: FormatValue | undefined;
  program.hook("preAction", async (_program, command) => {
    format = await chosenFormat(command);
  });
  const start: Start = (command) => openCli(io, command.optsWithGlobals(), format);
  for (const one of listed) {
    const { name, group, description, isHidden, load } = one;
    const command = program
      .command(name, { hidden: isHidden === true })
      .helpGroup(group)
      .description(description);
    if (complete.includes(one)) (await load())(command, start, subcommand);
  }
  if (listed.length > 1) addHelpCommand(program);
  return program;
}

/** The help of projo writes each command as in the table, whether or not it is complete. Every command has options. */
function termOf(command: Command): string {
  const isTop = command.parent?.parent === null;
  const listed = commands.find(({ name }) => isTop && name === command.name());
  return listed?.term ?? new Help().subcommandTerm(command).replace(" [options]", "");
}
