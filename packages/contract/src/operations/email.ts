import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation } from "../define.ts";
import { noInput, token } from "../schemas.ts";

export const email = {
  verify: mutation({
    access: "public",
    cost: costs.recorded,
    records: "email.verified",
    summary: "Shows by a mailed token that an account's address is its owner's.",
    input: z.strictObject({ token }),
    output: z.object({}),
    errors: ["token.invalid"],
  }),
  resendVerification: mutation({
    access: "session",
    cost: costs.recorded,
    records: "email.verification_sent",
    summary:
      "Mails the link again. The links before it no longer work. Nothing happens once the address is verified.",
    input: noInput,
    output: z.object({}),
  }),
};
