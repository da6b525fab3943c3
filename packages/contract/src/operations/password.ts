import { z } from "zod";
import { costs } from "../cost.ts";
import { mutation } from "../define.ts";
import { sample } from "../sample.ts";
import { accountEmail, newPassword, noOutput, password as currentPassword, token } from "../schemas.ts";

export const password = {
  change: mutation({
    access: "session",
    cost: costs.password,
    records: "password.changed",
    repetition: "replayed",
    summary: "Changes the password of the caller.",
    details:
      "It ends the other sessions of the caller; this session continues. The server mails a notice to the caller's address. Service keys keep working.",
    input: z.strictObject({
      currentPassword: currentPassword.describe("The password that the account has now."),
      newPassword,
    }),
    output: noOutput,
    example: {
      input: { currentPassword: sample.password, newPassword: sample.newPassword },
      output: {},
    },
    errors: ["password.incorrect"],
  }),
  requestReset: mutation({
    access: "public",
    cost: costs.recorded,
    records: "password.reset_requested",
    repetition: "replayed",
    summary: "Mails a link to set a new password, if the address has an account.",
    details:
      "The link works once, within one hour. The answer is the same if the address has no account. Above 2 links an hour for an account, or 10 a day for an unverified address, no mail is sent and the answer is the same.",
    input: z.strictObject({ email: accountEmail }),
    output: noOutput,
    example: { input: { email: sample.email }, output: {} },
  }),
  reset: mutation({
    access: "public",
    cost: costs.password,
    records: "password.reset",
    repetition: "replayed",
    summary: "Sets a new password with a mailed token.",
    details:
      "It ends all sessions of the account, and the server mails a notice to its address. Sign in with the new password afterwards.",
    input: z.strictObject({
      token: token.describe("The token of the mailed link. It begins with `pjo_` and works once."),
      newPassword,
    }),
    output: noOutput,
    example: {
      input: { token: sample.mailedToken, newPassword: sample.newPassword },
      output: {},
    },
    errors: ["token.invalid"],
  }),
};
