// A program for whoever runs the server, beside it: it looks into the outbox and sends mails again. It takes the
// server's configuration and its login, and so can do no more to the database than the server itself.
import { parseArgs } from "node:util";
import { mailStatuses, type Db, type MailStatus, type QueuedMail } from "@projostack/db";
import { configFromEnvironment } from "./config/config.ts";
import { joinDatabase } from "./infra/database.ts";
import { createLog } from "./infra/log.ts";
import { startProblem } from "./start-problem.ts";

const USAGE = `Usage:
  operator mail list [--status ${mailStatuses.join("|")}]   the latest 100 mails of a status; default: dead
  operator mail resend <id>                        sends a dead or sent mail again
  operator mail resend --all-dead                  sends every dead mail again
`;

/** The words were none of these. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The words were right, and there is nothing to do. */
class Refused extends Error {
  override readonly name = "Refused";
}

type Command = (db: Db) => Promise<string>;

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.length === 0 || args.includes("--help") || args.includes("-h")) {
    process.stdout.write(USAGE);
    return;
  }
  const command = commandOf(args);
  const config = configFromEnvironment();
  const database = await joinDatabase({ ...config, log: createLog({ level: "error", pretty: true }) });
  try {
    process.stdout.write(`${await command(database.db)}\n`);
  } finally {
    await database.close();
  }
}

/** @throws UsageError */
function commandOf(args: string[]): Command {
  const { values, positionals } = parsed(args);
  const [noun, verb, id, ...rest] = positionals;
  const { status = "dead", "all-dead": allDead = false } = values;
  if (noun === "mail" && verb === "list" && id === undefined && !allDead) {
    if (!isStatus(status)) throw new UsageError(`--status is one of ${mailStatuses.join(", ")}.`);
    return (db) => listMails(db, status);
  }
  if (noun === "mail" && verb === "resend" && rest.length === 0 && values.status === undefined) {
    if (allDead && id === undefined) return resendDead;
    if (!allDead && id !== undefined && UUID.test(id)) return (db) => resendMail(db, id);
    throw new UsageError("Say which mail: its id, as `operator mail list` shows it, or --all-dead.");
  }
  throw new UsageError(`There is no command \`${args.join(" ")}\`.`);
}

function parsed(args: string[]) {
  try {
    const options = { status: { type: "string" }, "all-dead": { type: "boolean" } } as const;
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const isStatus = (text: string): text is MailStatus => mailStatuses.some((status) => status === text);

async function listMails(db: Db, status: MailStatus): Promise<string> {
  const mails = await db.mail.list(status, 100);
  return mails.length === 0 ? `No mail is ${status}.` : mails.map(lineOf).join("\n");
}

const lineOf = ({ id, createdAt, template, recipient, status, attempts, lastError }: QueuedMail): string =>
  [
    id,
    createdAt.toISOString(),
    status,
    template,
    recipient,
    `${attempts} ${attempts === 1 ? "attempt" : "attempts"}`,
    lastError,
  ]
    .filter((part) => part !== null)
    // A row is a line, whatever was put into the database.
    .map((part) => part.replaceAll(/[^\x20-\x7e]+/g, " "))
    .join("  ");

async function resendMail(db: Db, id: string): Promise<string> {
  switch (await db.mail.resend(id)) {
    case "queued":
      return "It will be sent again within seconds, while a server runs.";
    case "pending":
      throw new Refused("That mail is still waiting to be sent, and is tried again by itself.");
    case "used":
      throw new Refused("The link of that mail was used: there is nothing left to send.");
    case "expired":
      throw new Refused(
        "The invite of that mail has expired: an admin of its workspace can resend the invite.",
      );
    case "missing":
      throw new Refused(`There is no mail ${id}: see \`operator mail list\`.`);
  }
}

async function resendDead(db: Db): Promise<string> {
  const queued = await db.mail.resendDead();
  return `${queued} ${queued === 1 ? "mail" : "mails"} will be sent again within seconds, while a server runs.`;
}

main().catch((error: unknown) => {
  const isOurs = error instanceof UsageError || error instanceof Refused;
  process.stderr.write(`${isOurs ? error.message : startProblem(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
