import type { AddCommand } from "../../command.ts";
import { addListMails } from "./list.ts";
import { addResendMail } from "./resend.ts";

export const addMail: AddCommand = (program, host) => {
  const mail = program.command("mail").description("List the mails of the outbox, and send mails again.");
  for (const add of [addListMails, addResendMail]) add(mail, host);
};
