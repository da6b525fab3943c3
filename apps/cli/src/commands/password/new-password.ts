import { usageError } from "../../cli-error.ts";
import type { Io } from "../../io.ts";
import { askPassword } from "../../terminal/prompts.ts";

/** Asks twice: nobody sees what they type, so a slip would lock them out. */
export async function askNewPassword(io: Io, instead: string): Promise<string> {
  const password = await askPassword(io, { message: "New password", instead });
  const again = await askPassword(io, { message: "The new password again", instead });
  if (again !== password) throw usageError("The two passwords differ. Run it again.");
  return password;
}
