import type { MailDelivery } from "@projostack/db";

/** Converts the status of a mail to the form that its sender sees. */
export const toMailDelivery = ({ mailStatus, mailStatusAt, mailProblem }: MailDelivery) => ({
  mailStatus,
  mailStatusAt: mailStatusAt?.toISOString() ?? null,
  mailProblem,
});

/** The status when the outbox has no mail. */
export const noMail: MailDelivery = { mailStatus: null, mailStatusAt: null, mailProblem: null };
