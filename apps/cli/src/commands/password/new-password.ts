import { usageError } from "../../cli-error.ts";
import type { Io } from "../../io.ts";
import { askPassword } from "../../terminal/prompts.ts";

/** Asks for a new password twice: the prompt hides it, so a typing error would lock the user out. @throws CliError */
export async function askNewPassword(io: Io, nonInteractiveHint: string): Promise<string> {
  const password = await askPassword(io, { message: "New password", nonInteractiveHint });
  const again = await askPassword(io, { message: "Repeat the new password", nonInteractiveHint });
  if (again !== password) throw usageError("The two passwords differ. Run the command again.");
  return password;
}
