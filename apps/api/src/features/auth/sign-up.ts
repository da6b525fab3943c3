import { brokenConstraint } from "@projostack/db";
import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { gatePlaceOf } from "../../rpc/checks/gate-place.ts";
import { countMail } from "../../rpc/checks/count-mail.ts";
import { checkNewPassword } from "../password/check-new-password.ts";
import { newOneTimeToken } from "../one-time-tokens/new-one-time-token.ts";
import { toSignedIn } from "./session.ts";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/**
 * Creates an account, mails the verification link and signs the account in.
 * @throws Failure auth.email_taken, input.invalid
 */
export async function signUp(ctx: Context, { email, password }: Credentials) {
  const { db, passwords, randomness } = ctx.services;
  await checkNewPassword(ctx.services, { password, email });
  await countMail(ctx.services, "unverified", email);
  const account = {
    id: randomness.newId(),
    email,
    passwordHash: await passwords.hash(password, gatePlaceOf(ctx)),
  };
  const token = newOneTimeToken(randomness, "email.verify");
  await db.accounts.insert(account, token, ctx.event("account.created")).catch((error: unknown) => {
    throw brokenConstraint(error) === "users_email_key" ? new Failure("auth.email_taken") : error;
  });
  const started = await ctx.services.sessions.start(account, ctx.event("session.started"));
  ctx.noteActor({ userId: account.id });
  if (!started) throw new Error("The password of the new account changed before its first session.");
  return toSignedIn(started.user, started.tokens);
}
