import { brokenConstraint, KeyTaken } from "@projostack/db";
import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { gatePlaceOf } from "../../rpc/checks/gate-place.ts";
import { countMail } from "../../rpc/checks/count-mail.ts";
import { checkNewPassword } from "../password/check-new-password.ts";
import { newOneTimeToken } from "../one-time-tokens/new-one-time-token.ts";
import { signIn, type Credentials } from "./sign-in.ts";
import { startSession } from "./session.ts";

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
  const keep = ctx.once?.keepNoAnswer();
  try {
    await db.accounts.insert(account, token, ctx.event("account.created"), keep);
  } catch (error) {
    if (error instanceof KeyTaken) await ctx.once?.isRepetition();
    if (brokenConstraint(error) !== "users_email_key") throw error;
    if (!(await ctx.once?.isRepetition())) throw new Failure("auth.email_taken");
    return signInAgain(ctx, { email, password });
  }
  const started = await startSession(ctx, account);
  ctx.noteActor({ userId: account.id });
  if (!started) throw new Error("The password of the new account changed before its first session.");
  return started;
}

/**
 * Signs in to the account that the same call created before: its answer may be lost. The fingerprint of the call includes the
 * password, and the password is verified again, because it may have changed. @throws Failure auth.email_taken
 */
async function signInAgain(ctx: Context, credentials: Credentials) {
  try {
    return await signIn(ctx, credentials);
  } catch (error) {
    const isRefused = error instanceof Failure && error.reason === "auth.invalid_credentials";
    throw isRefused ? new Failure("auth.email_taken") : error;
  }
}
