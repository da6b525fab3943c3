import type { SendMailOptions } from "nodemailer";
import type { Clock } from "../runtime/clock.ts";
import type { Mail } from "./mail.ts";
import type { Mailbox } from "./mailbox.ts";

/** Converts a mail for nodemailer. Addresses are passed as objects, which nodemailer does not parse as lists. */
export function messageOf(
  { id, to, subject, text, html }: Mail,
  from: Mailbox,
  clock: Clock,
): SendMailOptions {
  const domain = from.address.slice(from.address.lastIndexOf("@") + 1);
  return {
    from: { ...from },
    to: { name: "", address: to },
    envelope: { from: from.address, to: [to] },
    messageId: `<${id}@${domain}>`,
    date: clock.now(),
    subject,
    text,
    html,
    // Prevents automatic replies such as vacation messages (RFC 3834).
    headers: { "Auto-Submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
