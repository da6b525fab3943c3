import { invalidFields } from "../../rpc/failures/invalid-input.ts";
import type { Services } from "../../rpc/services.ts";

export interface NewPassword {
  readonly password: string;
  /** The email address of the account. */
  readonly email: string;
  /** The input field that holds the password; `password` by default. */
  readonly field?: string;
}

/** Refuses a password that is too short or too common. @throws Failure input.invalid */
export async function checkNewPassword(
  { passwordPolicy }: Services,
  { password, email, field = "password" }: NewPassword,
): Promise<void> {
  const problem = await passwordPolicy.problemOf(password, email);
  if (problem !== null) throw invalidFields({ [field]: [problem] });
}
