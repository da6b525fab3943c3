import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addResendVerification } from "./resend.ts";
import { addEmailStatus } from "./status.ts";
import { addVerifyEmail } from "./verify.ts";

export function addEmail(program: Command, start: Start): void {
  const email = program.command("email").description("Verify your email address.");
  for (const add of [addVerifyEmail, addResendVerification, addEmailStatus]) add(email, start);
}
