import type { SessionRecord } from "@projostack/db";
import type { Services } from "../../rpc/services.ts";
import { noMail, toMailDelivery } from "./mail-delivery.ts";

/**
 * Returns the status of the mails to the caller. Only a signed-in owner sees it: the status of a mail to another address
 * would reveal whether that address has an account.
 */
export async function emailStatus({ db }: Services, { user }: SessionRecord) {
  const mails = await db.accountMails(user.id);
  return {
    email: user.email,
    emailVerifiedAt: user.emailVerifiedAt?.toISOString() ?? null,
    verification: toMailDelivery(mails["email.verify"] ?? noMail),
    reset: toMailDelivery(mails["password.reset"] ?? noMail),
  };
}
