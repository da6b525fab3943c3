// The help tree. Each command lies in commands/ under the words one types.
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
import { type Io, takesColour } from "./io.ts";
import { version } from "./version.ts";

export function createProgram(io: Io): Command {
  const program = new Command("projo")
    .description("Work with a ProjoStack server: workspaces, their members, projects and tasks.")
    .option("--url <url>", "the server (else PROJO_URL, else the one signed in to last)")
    .option("--workspace <id-or-name>", "the workspace (else PROJO_WORKSPACE, else the one chosen)")
    .option("--json", "print data, and errors, as JSON")
    .version(version(), "--version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      // Errors are thrown, and said once, by `run`.
      outputError: () => {},
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
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
  const accounts = [addSignup, addLogin, addLogout, addWhoami, addSessions, addPassword, addEmail];
  const people = [addWorkspaces, addMembers, addInvites, addKeys, addAudit];
  const work = [addProjects, addTasks, addCall];
  for (const add of [...accounts, ...people, ...work]) add(program, start);
  return program;
}

/** The command whose help explains these words best: `projo tasks` for `tasks lst`. */
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
