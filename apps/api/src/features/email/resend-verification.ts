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
  const event = ctx.event("email.verification_sent");
  if (ctx.once)
    return db.changeAccount(ctx.once.keyed(), async ({ accounts, accountMails }) => {
      // Both are sent at once: the second statement sees the mail of the first.
      const [, mails] = await Promise.all([
        accounts.insertToken(user.id, token, event),
        accountMails(user.id),
      ]);
      return toMailDelivery(mails["email.verify"] ?? noMail);
    });
  await db.accounts.insertToken(user.id, token, event);
  const mails = await db.accountMails(user.id);
  return toMailDelivery(mails["email.verify"] ?? noMail);
}
