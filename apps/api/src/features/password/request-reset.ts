import type { Context } from "../../rpc/context.ts";
import { newOneTimeToken } from "../one-time-tokens/new-one-time-token.ts";

/** Mails a link that sets a new password, if there is such an account. The answer does not tell. */
export async function requestReset(
  ctx: Context,
  { email }: { email: string },
): Promise<Record<string, never>> {
  const { db, limiter, randomness } = ctx.services;
  const user = await db.system.user.findUnique({
    where: { email },
    select: { id: true, emailVerifiedAt: true },
  });
  const event = ctx.event("password.reset_requested");
  // Counted whether or not there is such an account. A mail too many is not sent, which the answer must not tell.
  const kind = user && user.emailVerifiedAt === null ? "unverified" : "reset";
  const isTooMany = (await limiter.mailboxes.take(kind, email)) !== null;
  // One statement either way, so that time tells no more than the answer.
  if (user && !isTooMany)
    await db.accounts.insertToken(user.id, newOneTimeToken(randomness, "password.reset"), event);
  else await db.accounts.record(null, "refused", event);
  return {};
}
