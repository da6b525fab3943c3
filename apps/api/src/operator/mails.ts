import type { Db, MailStatus, QueuedMail } from "@projostack/db";
import { CommandRefused } from "./command-refused.ts";

export async function listMails(db: Db, status: MailStatus): Promise<string> {
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
    // Control characters are replaced, so that each mail stays on one line.
    .map((part) => part.replaceAll(/[^\x20-\x7e]+/g, " "))
    .join("  ");

/** Queues a mail again. @throws CommandRefused */
export async function resendMail(db: Db, id: string): Promise<string> {
  switch (await db.mail.resend(id)) {
    case "queued":
      return "The mail will be sent again within seconds while a server runs.";
    case "pending":
      throw new CommandRefused("That mail is still waiting to be sent. The server retries it automatically.");
    case "used":
      throw new CommandRefused("The link of that mail was used, so the mail is not sent again.");
    case "expired":
      throw new CommandRefused(
        "The invite of that mail has expired. Ask an admin of its workspace to resend it.",
      );
    case "missing":
      throw new CommandRefused(`There is no mail ${id}. List the mails with \`operator mail list\`.`);
  }
}

export async function resendDead(db: Db): Promise<string> {
  const queued = await db.mail.resendDead();
  return `${queued} ${queued === 1 ? "mail" : "mails"} will be sent again within seconds while a server runs.`;
}
