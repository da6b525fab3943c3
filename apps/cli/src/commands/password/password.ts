import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addChangePassword } from "./change.ts";
import { addRequestReset } from "./reset-request.ts";
import { addResetPassword } from "./reset.ts";

export function addPassword(password: Command, start: Start): void {
  for (const add of [addChangePassword, addRequestReset, addResetPassword]) add(password, start);
}
