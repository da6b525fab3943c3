// The command tree. The folders and files under commands/ have the names of the commands.
import { Command } from "commander";
import type { Host } from "./command.ts";
import { examples } from "./command.ts";
import { addAfterRestore } from "./commands/after-restore.ts";
import { addBackupRole } from "./commands/backup-role.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addMail } from "./commands/mail/mail.ts";
import { addMigrate } from "./commands/migrate.ts";
import { addPerson } from "./commands/person/person.ts";
import { addRotateKeys } from "./commands/rotate-keys/rotate-keys.ts";
import { addServe } from "./commands/serve.ts";
import { addVerifyDatabase } from "./commands/verify-database.ts";
import { addVerifyDump } from "./commands/verify-dump.ts";
import { addWorkspaces } from "./commands/workspaces/workspaces.ts";
import type { ExitCode, Io } from "./io.ts";

/** @param settle sets the exit code of a command that has reported its own result */
export function createProgram(io: Io, settle: (code: ExitCode) => void): Command {
  const program = new Command("projostack")
    .description(
      "The server of ProjoStack and the commands of its operators. Every setting is a variable of the environment (docs/configuration.md).",
    )
    .option("--json", "print results and errors as JSON")
    .version(io.version, "--version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: io.write,
      writeErr: (text) => io.note(text.trimEnd()),
      // `run` reports the thrown error, so commander must not print it too.
      outputError: () => {},
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
    })
    .addHelpText(
      "after",
      examples(["projostack migrate", "projostack doctor", "projostack serve", "projostack mail list"]),
    );
  const host: Host = { io, settle };
  const ofTheServer = [addServe, addMigrate, addDoctor, addRotateKeys];
  const ofOperators = [addPerson, addMail, addWorkspaces];
  const ofBackups = [addBackupRole, addVerifyDump, addVerifyDatabase, addAfterRestore];
  for (const add of [...ofTheServer, ...ofOperators, ...ofBackups]) add(program, host);
  return program;
}

/** Returns the last known command of the arguments: `projostack mail` for `mail lst`. */
export function nearestCommand(program: Command, argv: readonly string[]): string {
  const path = [program.name()];
  let command: Command | undefined = program;
  for (const word of argv.filter((argument) => !argument.startsWith("-"))) {
    command = command?.commands.find((candidate) => candidate.name() === word);
    if (!command) break;
    path.push(word);
  }
  return path.join(" ");
}
