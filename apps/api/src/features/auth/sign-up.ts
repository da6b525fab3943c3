import { brokenConstraint } from "@projostack/db";
import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";
import { toSignedIn } from "./signed-in.ts";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Makes an account and signs it in. @throws Failure auth.email_taken, input.invalid for a short password */
export async function signUp(services: Services, { email, password }: Credentials) {
  const { db, passwords, passwordMinLength, randomness, sessions } = services;
  if (Array.from(password).length < passwordMinLength) {
    throw new Failure("input.invalid", {
      fieldErrors: { password: [`Must be at least ${passwordMinLength} characters.`] },
    });
  }
  const passwordHash = await passwords.hash(password);
  const user = await db.system.user
    .create({ data: { id: randomness.newId(), email, passwordHash } })
    .catch((error: unknown) => {
      if (brokenConstraint(error) === "users_email_key") throw new Failure("auth.email_taken");
      throw error;
    });
  return toSignedIn(user, await sessions.start(user.id));
}
