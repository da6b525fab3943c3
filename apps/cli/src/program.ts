// The command tree. The folders and files under commands/ have the names of the commands.
import { Command } from "commander";
import { openCli, type Start } from "./cli.ts";
import { addAudit } from "./commands/audit/audit.ts";
import { addCall } from "./commands/call.ts";
import { addEmail } from "./commands/email/email.ts";
import { addInvites } from "./commands/invites/invites.ts";
import { addKeys } from "./commands/keys/keys.ts";
import { addLogin } from "./commands/login.ts";
import { addLogout } from "./commands/logout.ts";
import { addMembers } from "./commands/members/members.ts";
import { addPassword } from "./commands/password/password.ts";
import { addProjects } from "./commands/projects/projects.ts";
import { addSessions } from "./commands/sessions/sessions.ts";
import { addSignup } from "./commands/signup.ts";
import { addTasks } from "./commands/tasks/tasks.ts";
import { addWhoami } from "./commands/whoami.ts";
import { addWorkspaces } from "./commands/workspaces/workspaces.ts";
import { examples } from "./examples.ts";
import { columnsOf, type Io, takesColour } from "./io.ts";
import { version } from "./version.ts";

export function createProgram(io: Io): Command {
  const program = new Command("projo")
    .description("Command-line client of a ProjoStack server: workspaces, members, projects and tasks.")
    .option("--url <url>", "URL of the server (default: PROJO_URL, else the server of the last sign-in)")
    .option("--workspace <id-or-name>", "workspace (default: PROJO_WORKSPACE, else the selected one)")
    .option("--ca-file <file>", "trust the certificate authorities in this file too (default: PROJO_CA_FILE)")
    .option("--json", "print data and errors as JSON")
    .version(version(), "--version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .configureHelp({ showGlobalOptions: true })
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

  const start: Start = (command) => openCli(io, command.optsWithGlobals());
  const account = [addSignup, addLogin, addLogout, addWhoami, addSessions, addPassword, addEmail];
  const workspace = [addWorkspaces, addMembers, addInvites, addKeys, addAudit];
  const work = [addProjects, addTasks, addCall];
  for (const add of [...account, ...workspace, ...work]) add(program, start);
  return program;
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
