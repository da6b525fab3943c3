import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { sample } from "../sample.ts";
import { dateTime, noInput, noOutput, shownEmail, token } from "../schemas.ts";
import { mailDelivery } from "./mail-delivery.ts";

const delivery = z
  .object(mailDelivery)
  .meta({ id: "MailDelivery", description: "What happened to a mail that the server sent." });

const noMail = { mailStatus: null, mailStatusAt: null, mailProblem: null } as const;

export const email = {
  verify: mutation({
    access: "public",
    cost: costs.recorded,
    records: "email.verified",
    repetition: "replayed",
    summary: "Verifies the email address of an account with a mailed token.",
    details: "The token works once, within 72 hours. The user need not be signed in.",
    input: z.strictObject({ token: token.describe("The token of the mailed link. It begins with `pjo_`.") }),
    output: noOutput,
    example: { input: { token: sample.mailedToken }, output: {} },
    errors: ["token.invalid"],
  }),
  resendVerification: mutation({
    access: "session",
    cost: costs.recorded,
    records: "email.verification_sent",
    repetition: "replayed",
    summary: "Mails a new verification link to the caller.",
    details:
      "Earlier links stop working. It does nothing if the address is already verified: all fields of the answer are then null. A mailbox gets at most 10 such mails a day.",
    input: noInput,
    output: z.object(mailDelivery),
    example: { input: {}, output: noMail },
  }),
  status: query({
    access: "session",
    cost: costs.read,
    summary:
      "Returns whether the address of the caller is verified, and what happened to the last mails to it.",
    details: "Only the owner of an account sees this.",
    input: noInput,
    output: z
      .object({
        email: shownEmail("The email address of the caller."),
        emailVerifiedAt: dateTime
          .nullable()
          .describe("The time at which the caller verified the address. Null before that."),
        verification: delivery.describe("The last mail with a link that verifies the address."),
        reset: delivery.describe("The last mail with a link to set a new password."),
      })
      .meta({ id: "EmailStatus", description: "The state of the caller's email address." }),
    example: {
      input: {},
      output: {
        email: sample.email,
        emailVerifiedAt: sample.changedAt,
        verification: noMail,
        reset: noMail,
      },
    },
  }),
};
