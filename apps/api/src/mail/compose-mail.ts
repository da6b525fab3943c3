import type { ClaimedMail } from "@projostack/db";
import { mailedInviteToken } from "../identity/tokens/invite-tokens.ts";
import type { KeyRing } from "../identity/key-ring.ts";
import type { TokenForms } from "../identity/tokens/token-forms.ts";
import { formatOneTimeToken } from "../identity/tokens/tokens.ts";
import { type MailLink, htmlBody, textBody } from "./mail-bodies.ts";
import { type Mail, MailNotSent } from "./mail.ts";
import { isAddress } from "./mailbox.ts";
import { noticeMails } from "./notices.ts";
import {
  accountMails,
  creatorLeftFacts,
  creatorLeftMail,
  inviteFacts,
  inviteMail,
  type MailText,
} from "./templates.ts";

export interface ComposeDeps {
  readonly keys: KeyRing;
  readonly forms: TokenForms;
  /** The application's URL, from the configuration and never from a request. */
  readonly appUrl: string;
}

/** Composes a mail and creates its token. @throws MailNotSent */
export function composeMail(claimed: ClaimedMail, { keys, forms, appUrl }: ComposeDeps): Mail {
  const { id, template, recipient } = claimed;
  if (!isAddress(recipient)) {
    throw new MailNotSent("the recipient is not an address", {
      permanent: true,
      problem: "recipient_rejected",
    });
  }
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

function textOf({ template, token, facts, changeCount }: ClaimedMail, host: string): MailText {
  if (token?.of === "account" && token.purpose === template) return accountMails[token.purpose](host);
  if (token?.of === "invite" && template === "invite") return inviteMail(inviteFacts.parse(facts), host);
  if (template === "keys.creator_left") return creatorLeftMail(creatorLeftFacts.parse(facts), host);
  const notice = noticeMails[template];
  if (notice) return notice(facts, { host, changeCount });
  // A newer server may have queued a template that this one does not know. The newer server will send it.
  throw new MailNotSent("this server does not know the template");
}

function linkOf(
  { token: origin }: ClaimedMail,
  { action }: MailText,
  { keys, forms, appUrl }: ComposeDeps,
): MailLink | null {
  if (!origin || !action) return null;
  const token =
    origin.of === "account"
      ? formatOneTimeToken(keys, origin.salt, origin, forms.ofNow())
      : mailedInviteToken(keys, origin);
  if (!token) throw new MailNotSent("the server's key for the link is missing");
  // Browsers do not send the fragment, so the token reaches no server log and no Referer.
  return { action, url: `${appUrl}${action.path}#token=${token}`, token, expiresAt: origin.expiresAt };
}
