import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failure.ts";
import type { Credentials } from "./sign-up.ts";
import { toSignedIn } from "./signed-in.ts";

/** Signs in, on record either way. An unknown email takes as long as a wrong password. @throws Failure auth.invalid_credentials */
export async function signIn(ctx: Context, { email, password }: Credentials) {
  const { db, passwords, sessions } = ctx.services;
  const user = await db.system.user.findUnique({ where: { email } });
  const verdict = await passwords.verify(user?.passwordHash ?? null, password);
  if (!user || !verdict.matches) {
    await db.accounts.record(user?.id ?? null, "refused", ctx.event("session.refused"));
    throw new Failure("auth.invalid_credentials");
  }
  if (verdict.outdated)
    await db.accounts.upgradeHash(user.id, user.passwordHash, await passwords.hash(password));
  const started = await sessions.start(user.id, ctx.event("session.started"));
  return toSignedIn(started.user, started.tokens);
}
