import type { Db, MailStatus, QueuedMail } from "@projostack/db";
import { CommandRefused } from "./command-refused.ts";

export type { QueuedMail } from "@projostack/db";

/** Lists the latest 100 mails of a status. */
export const listMails = (db: Db, status: MailStatus): Promise<readonly QueuedMail[]> =>
  db.mail.list(status, 100);

/** Queues a mail again. @throws CommandRefused */
export async function resendMail(db: Db, id: string): Promise<void> {
  switch (await db.mail.resend(id)) {
    case "queued":
      return;
    case "pending":
      throw new CommandRefused("That mail is still waiting to be sent. The server retries it automatically.");
    case "used":
      throw new CommandRefused("The link of that mail was used, so the mail is not sent again.");
    case "expired":
      throw new CommandRefused(
        "The invite of that mail has expired. Ask an admin of its workspace to resend it.",
      );
    case "missing":
      throw new CommandRefused(`There is no mail ${id}. List the mails with \`projostack mail list\`.`);
  }
}

/** Queues every dead mail again. @returns their number */
export const resendDead = (db: Db): Promise<number> => db.mail.resendDead();
