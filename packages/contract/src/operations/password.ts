import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation } from "../define.ts";
import { accountEmail, newPassword, password as currentPassword, token } from "../schemas.ts";

export const password = {
  change: mutation({
    access: "session",
    cost: costs.password,
    records: "password.changed",
    summary: "Changes the caller's password, and ends the caller's other sessions.",
    input: z.strictObject({ currentPassword, newPassword }),
    output: z.object({}),
    errors: ["password.incorrect"],
  }),
  requestReset: mutation({
    access: "public",
    cost: costs.recorded,
    records: "password.reset_requested",
    summary:
      "Mails a link for setting a new password, if the address has an account. The response is the same if it has none.",
    input: z.strictObject({ email: accountEmail }),
    output: z.object({}),
  }),
  reset: mutation({
    access: "public",
    cost: costs.password,
    records: "password.reset",
    summary: "Sets a new password with a mailed token, and ends all sessions of the account.",
    input: z.strictObject({ token, newPassword }),
    output: z.object({}),
    errors: ["token.invalid"],
  }),
};
