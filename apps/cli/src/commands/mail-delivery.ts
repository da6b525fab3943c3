import type { MailDelivery, MailProblem } from "@projostack/sdk";
import { shortTime } from "../terminal/short-time.ts";

const problems: Readonly<Record<MailProblem, string>> = {
  recipient_rejected: "the mail server rejects the address",
  message_rejected: "the mail server rejects the mail",
  not_accepted: "the mail server did not accept it",
  link_expired: "the link expired first",
};

/** Describes what happened to a mail: `sent 2026-01-31T12:00Z`; undefined when the server no longer has the mail. */
export function describeDelivery(
  { mailStatus, mailStatusAt, mailProblem }: MailDelivery,
  formatTime: (at: string) => string = shortTime,
): string | undefined {
  if (mailStatus === null || mailStatusAt === null) return undefined;
  const status = `${mailStatus} ${formatTime(mailStatusAt)}`;
  return mailProblem === null ? status : `${status} (${problems[mailProblem]})`;
}
