import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { findValidToken } from "../one-time-tokens/find-valid-token.ts";

/** Marks the email address of an account as verified. @throws Failure token.invalid */
export async function verifyEmail(
  ctx: Context,
  { token }: { token: string },
): Promise<Record<string, never>> {
  const { id: tokenId } = await findValidToken(ctx, token, "email.verify");
  const verified = await ctx.services.db.accounts.verifyEmail(
    tokenId,
    ctx.event("email.verified"),
    ctx.once?.keep({}),
  );
  if (!verified) throw new Failure("token.invalid");
  return {};
}
