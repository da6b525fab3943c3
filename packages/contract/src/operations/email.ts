import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation, query } from "../define.ts";
import { dateTime, noInput, token } from "../schemas.ts";
import { mailDelivery } from "./mail-delivery.ts";

const delivery = z.object(mailDelivery).meta({ id: "MailDelivery" });

export const email = {
  verify: mutation({
    access: "public",
    cost: costs.recorded,
    records: "email.verified",
    summary: "Verifies the email address of an account with a mailed token.",
    input: z.strictObject({ token }),
    output: z.object({}),
    errors: ["token.invalid"],
  }),
  resendVerification: mutation({
    access: "session",
    cost: costs.recorded,
    records: "email.verification_sent",
    summary:
      "Mails a new verification link. Earlier links stop working. Does nothing if the address is already verified.",
    input: noInput,
    output: z.object(mailDelivery),
  }),
  status: query({
    access: "session",
    cost: costs.read,
    summary:
      "Returns whether the caller's address is verified, and what happened to the last mails with links that the server sent to it.",
    input: noInput,
    output: z
      .object({
        email: z.string(),
        emailVerifiedAt: dateTime.nullable(),
        verification: delivery.describe("The last verification mail."),
        reset: delivery.describe("The last mail with a link to set a new password."),
      })
      .meta({ id: "EmailStatus" }),
  }),
};
