import type { MailStatus, QueuedMail } from "@projostack/api/operator";
import { Option, type Command } from "commander";
import type { AddCommand } from "../../command.ts";
import { asOperator } from "../../operator.ts";

const statuses: readonly MailStatus[] = ["pending", "sent", "dead"];

export const addListMails: AddCommand = (mail, host) =>
  void mail
    .command("list")
    .description("List the latest 100 mails of a status.")
    .addOption(new Option("--status <status>", "status of the mails").choices([...statuses]).default("dead"))
    .action(({ status }: { status: MailStatus }, command: Command) =>
      asOperator(host, command, async (db, { listMails }) => {
        const mails = await listMails(db, status);
        const text = mails.length === 0 ? `No mail is ${status}.` : mails.map(lineOf).join("\n");
        return { text, data: { items: mails } };
      }),
    );

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
