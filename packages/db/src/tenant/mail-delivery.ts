import { Prisma } from "../generated/client.ts";

/** The class of a failure, which the sender of a mail may see. It contains no text of a mail server. */
export type MailProblem = "recipient_rejected" | "message_rejected" | "not_accepted" | "link_expired";

/** What happened to a mail, for its sender. All fields are null when the outbox no longer has the mail. */
export interface MailDelivery {
  /** `sent`: the mail server accepted the mail. `waiting`: the server will try again. `refused`: it will not. */
  readonly mailStatus: "waiting" | "sent" | "refused" | null;
  /** When the status last changed. */
  readonly mailStatusAt: Date | null;
  /** The class of the last failure. */
  readonly mailProblem: MailProblem | null;
}

/** The columns of `MailDelivery`, read from `mail`. Mails of earlier versions have no time of their status. */
export const deliveryColumns = Prisma.sql`
  CASE mail.status WHEN 'pending' THEN 'waiting' WHEN 'dead' THEN 'refused' ELSE mail.status END AS "mailStatus",
  coalesce(mail.status_at, mail.sent_at, mail.created_at) AS "mailStatusAt", mail.problem AS "mailProblem"`;
