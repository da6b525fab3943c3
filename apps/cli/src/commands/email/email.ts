import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addResendVerification } from "./resend.ts";
import { addEmailStatus } from "./status.ts";
import { addVerifyEmail } from "./verify.ts";

export function addEmail(email: Command, start: Start): void {
  for (const add of [addVerifyEmail, addResendVerification, addEmailStatus]) add(email, start);
}
