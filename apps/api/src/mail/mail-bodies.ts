import { formatUtc } from "./format-utc.ts";
import type { MailText, MailAction } from "./templates.ts";

/** The text of a mail, and its link if it has one. */
export interface MailContent {
  readonly text: MailText;
  readonly link: MailLink | null;
}

export interface MailLink {
  readonly action: MailAction;
  readonly url: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export function textBody({ text, link }: MailContent): string {
  const instructions = link
    ? `${link.url}

In a terminal, run \`${link.action.command}\` instead and paste this token:

${link.token}

`
    : "";
  return `${text.opening}\n\n${instructions}${expirySentence(link)}${text.closing}\n`;
}

export function htmlBody({ text, link }: MailContent): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(text.subject)}</title></head>
<body style="font-family: sans-serif; max-width: 36em; margin: 2em auto; line-height: 1.5">
<p>${escapeHtml(text.opening)}</p>
${link ? htmlLink(link) : ""}<p>${escapeHtml(expirySentence(link) + text.closing)}</p>
</body>
</html>
`;
}

function htmlLink({ action, url, token }: MailLink): string {
  const href = escapeHtml(url);
  return `<p><a href="${href}">${escapeHtml(action.label)}</a></p>
<p>If the link does not open, copy this address into your browser:<br>${href}</p>
<p>In a terminal, run <code>${escapeHtml(action.command)}</code> instead and paste this token:<br>
<code>${escapeHtml(token)}</code></p>
`;
}

const expirySentence = (link: MailLink | null): string =>
  link ? `The link works once, until ${formatUtc(link.expiresAt)}. ` : "";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
