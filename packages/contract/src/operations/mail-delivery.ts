import { describedEnum } from "../fields/described-enum.ts";
import { dateTime } from "../schemas.ts";

export const mailStatus = describedEnum(["waiting", "sent", "refused"], {
  id: "MailStatus",
  description: "What happened to a mail.",
  values: {
    waiting: "The mail server has not accepted the mail yet. The server tries again for three hours.",
    sent: "The mail server accepted the mail. It does not say whether the mail reached its reader.",
    refused: "The mail was not delivered, and the server gave up.",
  },
});

export const mailProblem = describedEnum(
  ["recipient_rejected", "message_rejected", "not_accepted", "link_expired"],
  {
    id: "MailProblem",
    description: "Why a mail is not delivered.",
    values: {
      recipient_rejected: "The mail server rejects the address. Check it for a typing error.",
      message_rejected: "The mail server rejects the mail.",
      not_accepted: "The mail server is unavailable, or asks to try later.",
      link_expired: "The link expired before the mail server accepted the mail.",
    },
  },
);

/** The fields that tell the sender of a mail what happened to it. */
export const mailDelivery = {
  mailStatus: mailStatus
    .nullable()
    .describe(
      "What happened to the mail. Null if the server no longer has it: its invite or link was used or revoked, or 30 days have passed.",
    ),
  mailStatusAt: dateTime
    .nullable()
    .describe("The time at which `mailStatus` last changed. Null if `mailStatus` is null."),
  mailProblem: mailProblem
    .nullable()
    .describe("The last failure to deliver the mail. Null if there was none."),
};

/** The fields of a mail that has just been queued. */
export const queuedMail = (mailStatusAt: string) =>
  ({ mailStatus: "waiting", mailStatusAt, mailProblem: null }) as const;
