import type { Context } from "../../rpc/context.ts";
import { newOneTimeToken } from "../one-time-tokens/new-one-time-token.ts";

/** Mails a link to set a new password if the account exists. The response does not reveal whether it exists. */
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
  // The request is counted whether or not the account exists. Above the limit no mail is sent, and the response is the
  // same.
  const kind = user && user.emailVerifiedAt === null ? "unverified" : "reset";
  const isTooMany = (await limiter.mailboxes.take(kind, email)) !== null;
  const keep = ctx.once?.keep({});
  // Both branches run one statement, so that the response time does not reveal whether the account exists.
  if (user && !isTooMany)
    await db.accounts.insertToken(user.id, newOneTimeToken(randomness, "password.reset"), event, keep);
  else await db.accounts.record(null, "refused", event, keep);
  return {};
}
