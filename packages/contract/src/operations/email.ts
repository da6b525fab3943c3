import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation } from "../define.ts";
import { noInput, token } from "../schemas.ts";

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
    output: z.object({}),
  }),
};
