import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { authenticatedGatePlaceOf } from "../../rpc/checks/gate-place.ts";
import { checkNewPassword } from "./check-new-password.ts";
import { findValidToken } from "../one-time-tokens/find-valid-token.ts";

export interface ResetPassword {
  readonly token: string;
  readonly newPassword: string;
}

/**
 * Sets a new password with a mailed token and ends every session of the account.
 * @throws Failure token.invalid, input.invalid
 */
export async function resetPassword(
  ctx: Context,
  { token, newPassword }: ResetPassword,
): Promise<Record<string, never>> {
  const { db, passwords } = ctx.services;
  const { id: tokenId, userId } = await findValidToken(ctx, token, "password.reset");
  const user = await db.system.user.findUnique({
    where: { id: userId },
    select: { email: true },
  });
  if (!user) throw new Failure("token.invalid");
  await checkNewPassword(ctx.services, { password: newPassword, email: user.email, field: "newPassword" });
  const hash = await passwords.hash(newPassword, authenticatedGatePlaceOf(ctx));
  // The statement consumes the token, so only one of two concurrent calls with the same token succeeds.
  if (!(await db.accounts.resetPassword(tokenId, hash, ctx.event("password.reset"), ctx.once?.keep({}))))
    throw new Failure("token.invalid");
  return {};
}
