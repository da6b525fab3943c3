import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";

/** Refuses a password that is too short or too common. @param field the input's field that holds it */
export function checkNewPassword({ passwordPolicy }: Services, password: string, field = "password"): void {
  const problem = passwordPolicy.problemOf(password);
  if (problem !== null) throw new Failure("input.invalid", { fieldErrors: { [field]: [problem] } });
}
