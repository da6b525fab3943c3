import type { ClaimedMail, Purpose } from "@projostack/db";
import type { KeyRing } from "../key-ring.ts";
import { formatOneTimeToken } from "../tokens.ts";
import { type Mail, MailNotSent } from "./mail.ts";
import { isAddress } from "./mailbox.ts";
import { htmlBody, templates, textBody } from "./templates.ts";

export interface ComposeWith {
  readonly keys: KeyRing;
  /** Where people reach the application: the configuration's word, never a request's. */
  readonly appUrl: string;
}

/** Writes a mail, and makes the token that it brings. @throws MailNotSent */
export function composeMail(claimed: ClaimedMail, { keys, appUrl }: ComposeWith): Mail {
  const { id, template: name, recipient, token: origin } = claimed;
  if (!isAddress(recipient)) throw new MailNotSent("the recipient is not an address", { permanent: true });
  // A newer server may have asked for what this one does not know; that one will send it.
  if (!isPurpose(name) || !origin) throw new MailNotSent("this server has no such template");
  const template = templates[name];
  const token = formatOneTimeToken(keys, origin.salt, origin);
  // Behind the #: browsers send no fragment, so the token is in no server's log and in no Referer.
  const link = `${appUrl}${template.path}#token=${token}`;
  const filling = { host: new URL(appUrl).host, link, token, expiresAt: origin.expiresAt };
  return {
    id,
    template: name,
    to: recipient,
    subject: template.subject,
    text: textBody(template, filling),
    html: htmlBody(template, filling),
    link,
  };
}

const isPurpose = (name: string): name is Purpose => Object.hasOwn(templates, name);
