// The operator's program, which runs beside the server. It lists the outbox, sends mails again, ends sessions and erases
// persons. It reads the server's configuration and uses a separate database login with rights that the server does not
// have.
import { parseArgs } from "node:util";
import { mailStatuses, UUID, type Db, type MailStatus } from "@projostack/db";
import { configFromEnvironment, processEnvironment } from "./config/config.ts";
import { inspectEnvironment } from "./config/inspect-environment.ts";
import { runDoctor } from "./doctor/run-doctor.ts";
import { openOperatorDatabase } from "./runtime/database.ts";
import { createLog } from "./runtime/log.ts";
import { erasePerson } from "./operator/erase-person.ts";
import { listMails, resendDead, resendMail } from "./operator/mails.ts";
import { CommandRefused } from "./operator/command-refused.ts";
import { signOutPerson } from "./operator/sign-out-person.ts";
import { startProblem } from "./start-problem.ts";

const USAGE = `Usage:
  operator mail list [--status ${mailStatuses.join("|")}]   the latest 100 mails of a status; default: dead
  operator mail resend <id>                        sends a dead or sent mail again
  operator mail resend --all-dead                  sends every dead mail again
  operator person sign-out <email>                 ends every session of a person, who can sign in again
  operator person erase <email> [--yes]            erases a person permanently; without --yes it only describes the effects
  operator doctor [--json]                         checks the environment and prints what it found
`;

/** The command line is not valid. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

type Command = (db: Db) => Promise<string>;

async function main(): Promise<void> {
  // The reader of the output may close it (`operator mail list | head`).
  process.stdout.on("error", () => {});
  const args = process.argv.slice(2);
  if (args.length === 0 || args.includes("--help") || args.includes("-h")) {
    process.stdout.write(USAGE);
    return;
  }
  if (args[0] === "doctor") {
    const { output, exitCode } = await runDoctor(args.slice(1), () =>
      inspectEnvironment(processEnvironment()),
    );
    // A database that hangs must not keep the process alive.
    (exitCode === 2 ? process.stderr : process.stdout).write(output, () => process.exit(exitCode));
    return;
  }
  const command = commandOf(args);
  const config = configFromEnvironment("operator");
  const database = await openOperatorDatabase({
    ...config,
    log: createLog({ level: "error", pretty: true }),
  });
  try {
    process.stdout.write(`${await command(database.db)}\n`);
  } finally {
    await database.close();
  }
}

/** @throws UsageError */
function commandOf(args: string[]): Command {
  const { values, positionals } = parseArguments(args);
  const [noun, verb, id, ...rest] = positionals;
  const { status = "dead", "all-dead": allDead = false, yes: confirmed = false } = values;
  if (noun === "person" && verb === "erase" && rest.length === 0 && hasOnly(values, "yes")) {
    if (id === undefined) throw new UsageError("Give the email of the account.");
    return (db) => erasePerson(db, { email: id, confirmed });
  }
  if (noun === "person" && verb === "sign-out" && rest.length === 0 && hasOnly(values, "")) {
    if (id === undefined) throw new UsageError("Give the email of the account.");
    return (db) => signOutPerson(db, id);
  }
  if (confirmed) throw new UsageError("--yes can only be used with `person erase`.");
  if (noun === "mail" && verb === "list" && id === undefined && !allDead) {
    if (!isStatus(status)) throw new UsageError(`--status is one of ${mailStatuses.join(", ")}.`);
    return (db) => listMails(db, status);
  }
  if (noun === "mail" && verb === "resend" && rest.length === 0 && values.status === undefined) {
    if (allDead && id === undefined) return resendDead;
    if (!allDead && id !== undefined && UUID.test(id)) return (db) => resendMail(db, id);
    throw new UsageError("Give the id of the mail, which `operator mail list` shows, or --all-dead.");
  }
  throw new UsageError(`There is no command \`${args.join(" ")}\`.`);
}

function parseArguments(args: string[]) {
  try {
    const options = {
      status: { type: "string" },
      "all-dead": { type: "boolean" },
      yes: { type: "boolean" },
    } as const;
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const hasOnly = (values: object, option: string): boolean =>
  Object.keys(values).every((name) => name === option);

const isStatus = (text: string): text is MailStatus => mailStatuses.some((status) => status === text);

process.on("uncaughtException", (error) => {
  process.stderr.write(`${startProblem(error)}\n`);
  process.exit(1);
});

main().catch((error: unknown) => {
  const isExpected = error instanceof UsageError || error instanceof CommandRefused;
  process.stderr.write(
    `${isExpected ? error.message : startProblem(error, "PROJO_OPERATOR_DATABASE_URL")}\n`,
  );
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
