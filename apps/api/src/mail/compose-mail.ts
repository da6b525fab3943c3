import type { ClaimedMail } from "@projostack/db";
import { mailedInviteToken } from "../identity/tokens/invite-tokens.ts";
import type { KeyRing } from "../identity/key-ring.ts";
import type { TokenForms } from "../identity/tokens/token-forms.ts";
import { formatOneTimeToken } from "../identity/tokens/tokens.ts";
import { type MailLink, htmlBody, textBody } from "./mail-bodies.ts";
import { type Mail, MailNotSent } from "./mail.ts";
import { isAddress } from "./mailbox.ts";
import {
  accountMails,
  creatorLeftFacts,
  creatorLeftMail,
  inviteFacts,
  inviteMail,
  type MailText,
} from "./templates.ts";

export interface ComposeWith {
  readonly keys: KeyRing;
  readonly forms: TokenForms;
  /** Where people reach the application: the configuration's word, never a request's. */
  readonly appUrl: string;
}

/** Writes a mail, and makes the token that it brings. @throws MailNotSent */
export function composeMail(claimed: ClaimedMail, { keys, forms, appUrl }: ComposeWith): Mail {
  const { id, template, recipient } = claimed;
  if (!isAddress(recipient)) throw new MailNotSent("the recipient is not an address", { permanent: true });
  const text = textOf(claimed, new URL(appUrl).host);
  const content = { text, link: linkOf(claimed, text, { keys, forms, appUrl }) };
  return {
    id,
    template,
    to: recipient,
    subject: text.subject,
    text: textBody(content),
    html: htmlBody(content),
    link: content.link?.url ?? null,
  };
}

function textOf({ template, token, facts }: ClaimedMail, host: string): MailText {
  if (token?.of === "account" && token.purpose === template) return accountMails[token.purpose](host);
  if (token?.of === "invite" && template === "invite") return inviteMail(inviteFacts.parse(facts), host);
  if (template === "keys.creator_left") return creatorLeftMail(creatorLeftFacts.parse(facts), host);
  // A newer server may have asked for what this one does not know; that one will send it.
  throw new MailNotSent("this server has no such template");
}

function linkOf(
  { token: origin }: ClaimedMail,
  { action }: MailText,
  { keys, forms, appUrl }: ComposeWith,
): MailLink | null {
  if (!origin || !action) return null;
  const token =
    origin.of === "account"
      ? formatOneTimeToken(keys, origin.salt, origin, forms.ofNow())
      : mailedInviteToken(keys, origin);
  if (!token) throw new MailNotSent("the server's key that the link is made with is not there");
  // Behind the #: browsers send no fragment, so the token is in no server's log and in no Referer.
  return { action, url: `${appUrl}${action.path}#token=${token}`, token, expiresAt: origin.expiresAt };
}
