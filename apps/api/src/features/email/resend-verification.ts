import type { SessionRecord } from "@projostack/db";
import type { Context } from "../../rpc/context.ts";
import { countMail } from "../../rpc/checks/count-mail.ts";
import { noMail, toMailDelivery } from "./mail-delivery.ts";
import { newOneTimeToken } from "../one-time-tokens/new-one-time-token.ts";

/** Mails the verification link again, unless the address is verified. Earlier links stop working. */
export async function resendVerification(ctx: Context, { user }: SessionRecord) {
  const { db, randomness } = ctx.services;
  if (user.emailVerifiedAt !== null) return toMailDelivery(noMail);
  await countMail(ctx.services, "unverified", user.email);
  const token = newOneTimeToken(randomness, "email.verify");
  await db.accounts.insertToken(user.id, token, ctx.event("email.verification_sent"));
  const mails = await db.accountMails(user.id);
  return toMailDelivery(mails["email.verify"] ?? noMail);
}
