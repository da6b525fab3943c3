import { z } from "zod";
import { dateTime } from "../schemas.ts";

export const mailStatus = z.enum(["waiting", "sent", "refused"]).meta({ id: "MailStatus" });

export const mailProblem = z
  .enum(["recipient_rejected", "message_rejected", "not_accepted", "link_expired"])
  .meta({ id: "MailProblem" });

/** The fields that tell the sender of a mail what happened to it. */
export const mailDelivery = {
  mailStatus: mailStatus
    .nullable()
    .describe(
      "`sent`: the mail server accepted the mail. `waiting`: it has not yet, and the server tries again. `refused`: the mail was not delivered, and the server gave up. Null when the server no longer has the mail: the invite or link was used or revoked, or the mail is older than 30 days.",
    ),
  mailStatusAt: dateTime.nullable().describe("When the status last changed."),
  mailProblem: mailProblem
    .nullable()
    .describe(
      "The last failure. `recipient_rejected`: the mail server rejects the address. `message_rejected`: it rejects the mail. `not_accepted`: it was unavailable or asks to try later. `link_expired`: the link expired first.",
    ),
};
