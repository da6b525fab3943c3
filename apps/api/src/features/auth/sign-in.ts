import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { gatePlaceOf } from "../../rpc/checks/gate-place.ts";
import { startSession } from "./session.ts";
import { upgradeHash } from "./upgrade-hash.ts";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** A concurrent sign-in may upgrade the stored hash. The password is then verified again. */
const MAX_TRIES = 3;

/**
 * Signs in and records success or refusal. An unknown email takes as long as a wrong password.
 * @throws Failure auth.invalid_credentials
 */
export async function signIn(ctx: Context, { email, password }: Credentials) {
  const { db, passwords } = ctx.services;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const user = await db.system.user.findUnique({ where: { email } });
    const verdict = await passwords.verify(user?.passwordHash ?? null, password, gatePlaceOf(ctx));
    if (!user || !verdict.matches) {
      await db.accounts.record(user?.id ?? null, "refused", ctx.event("session.refused"));
      throw new Failure("auth.invalid_credentials");
    }
    const started = await startSession(ctx, user);
    if (!started) continue;
    ctx.noteActor({ userId: user.id });
    if (verdict.outdated) await upgradeHash(ctx, user, password);
    return started;
  }
  throw new Failure("server.busy", { retryAfterSeconds: 1 });
}
