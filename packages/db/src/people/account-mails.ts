import type { RunStatement } from "../scope/run-statement.ts";
import { deliveryColumns, type MailDelivery } from "../tenant/mail-delivery.ts";
import type { Purpose } from "./accounts.ts";

/** The last mail of each purpose to a user. A purpose without a mail in the outbox is absent. */
export type AccountMails = (userId: string) => Promise<Partial<Readonly<Record<Purpose, MailDelivery>>>>;

export const accountMails =
  (run: RunStatement): AccountMails =>
  async (userId) => {
    const { rows } = await run<MailDelivery & { readonly purpose: Purpose }>("account_mails", LAST, [userId]);
    return Object.fromEntries(rows.map(({ purpose, ...delivery }) => [purpose, delivery]));
  };

const LAST = `
  SELECT DISTINCT ON (token.purpose) token.purpose, ${deliveryColumns.sql}
    FROM one_time_tokens AS token JOIN mail_outbox AS mail ON mail.one_time_token_id = token.id
   WHERE token.user_id = $1 ORDER BY token.purpose, mail.created_at DESC`;
