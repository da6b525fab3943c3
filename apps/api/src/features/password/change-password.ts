import type { SessionRecord } from "@projostack/db";
import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failure.ts";
import { checkNewPassword } from "./check-new-password.ts";

export interface ChangePassword {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/** Changes the password and ends the other sessions. @throws Failure password.incorrect, input.invalid */
export async function changePassword(
  ctx: Context,
  { user, session }: SessionRecord,
  { currentPassword, newPassword }: ChangePassword,
): Promise<Record<string, never>> {
  const { db, passwords } = ctx.services;
  checkNewPassword(ctx.services, newPassword, "newPassword");
  const account = await db.system.user.findUniqueOrThrow({ where: { id: user.id } });
  const { matches } = await passwords.verify(account.passwordHash, currentPassword);
  if (!matches) {
    await db.accounts.record(user.id, "refused", ctx.event("password.changed"));
    throw new Failure("password.incorrect");
  }
  const change = {
    userId: user.id,
    from: account.passwordHash,
    to: await passwords.hash(newPassword),
    sessionId: session.id,
  };
  // Another change was faster: what was checked is no longer the password.
  const changed = await db.accounts.changePassword(change, ctx.event("password.changed"));
  if (!changed) throw new Failure("password.incorrect");
  return {};
}
