import type { SendMailOptions } from "nodemailer";
import type { Clock } from "../runtime/clock.ts";
import type { Mail } from "./mail.ts";
import type { Mailbox } from "./mailbox.ts";

/** A mail as nodemailer takes it. Addresses go in as objects, which are not parsed as lists. */
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
    // Nobody answers a machine with "I am on holiday" (RFC 3834).
    headers: { "Auto-Submitted": "auto-generated" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
