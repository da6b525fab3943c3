import type { SessionRecord } from "@projostack/db";
import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { authenticatedGatePlaceOf } from "../../rpc/checks/gate-place.ts";
import { checkNewPassword } from "./check-new-password.ts";

export interface ChangePassword {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/** A concurrent call may change the stored hash. The current password is then verified again. */
const MAX_TRIES = 3;

/** Changes the password and ends the other sessions. @throws Failure password.incorrect, input.invalid */
export async function changePassword(
  ctx: Context,
  { user, session }: SessionRecord,
  { currentPassword, newPassword }: ChangePassword,
): Promise<Record<string, never>> {
  const { db, passwords } = ctx.services;
  let to: string | undefined;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    // A repeated call has the old password, and must not be recorded as a refused one.
    const [account] = await Promise.all([
      db.system.user.findUnique({ where: { id: user.id } }),
      ctx.once?.check(),
    ]);
    const from = account?.passwordHash ?? null;
    const { matches } = await passwords.verify(from, currentPassword, authenticatedGatePlaceOf(ctx));
    if (from === null || !matches) {
      await db.accounts.record(user.id, "refused", ctx.event("password.changed"));
      throw new Failure("password.incorrect");
    }
    // The policy is checked only after the current password, so that only the account's owner learns its verdict.
    if (to === undefined)
      await checkNewPassword(ctx.services, {
        password: newPassword,
        email: user.email,
        field: "newPassword",
      });
    to ??= await passwords.hash(newPassword, authenticatedGatePlaceOf(ctx));
    const change = { userId: user.id, from, to, sessionId: session.id };
    const event = ctx.event("password.changed");
    if (await db.accounts.changePassword(change, event, ctx.once?.keep({}))) return {};
  }
  throw new Failure("server.busy", { retryAfterSeconds: 1 });
}
