import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addChangePassword } from "./change.ts";
import { addRequestReset } from "./reset-request.ts";
import { addResetPassword } from "./reset.ts";

export function addPassword(program: Command, start: Start): void {
  const password = program.command("password").description("Change your password, or reset a forgotten one.");
  for (const add of [addChangePassword, addRequestReset, addResetPassword]) add(password, start);
}
