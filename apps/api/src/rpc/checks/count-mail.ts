import type { MailKind } from "../../limits/limiter/mailbox-limits.ts";
import { Failure } from "../failures/failure.ts";
import type { Services } from "../services.ts";

/** Counts a mail against the limit of its recipient's mailbox before the mail is queued. @throws Failure limit.exceeded */
export async function countMail({ limiter }: Services, kind: MailKind, email: string): Promise<void> {
  const retryAfterSeconds = await limiter.mailboxes.take(kind, email);
  if (retryAfterSeconds !== null) throw new Failure("limit.exceeded", { retryAfterSeconds });
}
