import type { SessionRecord } from "@projostack/db";
import type { Context } from "../../rpc/context.ts";
import { countMail } from "../../rpc/checks/count-mail.ts";
import { newOneTimeToken } from "../one-time-tokens/new-one-time-token.ts";

/** Mails the verification link again, unless the address is verified. Earlier links stop working. */
export async function resendVerification(
  ctx: Context,
  { user }: SessionRecord,
): Promise<Record<string, never>> {
  const { db, randomness } = ctx.services;
  if (user.emailVerifiedAt !== null) return {};
  await countMail(ctx.services, "unverified", user.email);
  const token = newOneTimeToken(randomness, "email.verify");
  await db.accounts.insertToken(user.id, token, ctx.event("email.verification_sent"));
  return {};
}
