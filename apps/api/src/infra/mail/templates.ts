// What mails say. A template gives plain sentences; text and HTML are made of them in one place, where HTML is escaped.
import type { Purpose } from "@projostack/db";

export interface Template {
  readonly subject: string;
  /** Where the link leads, below the application's address. */
  readonly path: string;
  /** Says what to do with the link. @param host the application's, such as app.example.com */
  readonly opening: (host: string) => string;
  readonly action: string;
  /** For those who work at a terminal. */
  readonly command: string;
  readonly closing: string;
}

export const templates: Readonly<Record<Purpose, Template>> = {
  "email.verify": {
    subject: "Verify your email address",
    path: "/verify-email",
    opening: (host) =>
      `An account at ${host} was made with this email address. To show that the address is yours, follow this link.`,
    action: "Verify the address",
    command: "projo email verify",
    closing:
      "If you made no account, you can ignore this mail: without the link the address stays unverified.",
  },
  "password.reset": {
    subject: "Set a new password",
    path: "/reset-password",
    opening: (host) =>
      `Somebody asked to set a new password for your account at ${host}. To set one, follow this link.`,
    action: "Set a new password",
    command: "projo password reset",
    closing:
      "A new password ends every session of the account. If you did not ask, you can ignore this mail: your password stays as it is.",
  },
};

export interface Filling {
  readonly host: string;
  readonly link: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export function textBody(template: Template, { host, link, token, expiresAt }: Filling): string {
  return `${template.opening(host)}

${link}

At a terminal, type \`${template.command}\` instead, and paste this when it asks:

${token}

It works once, until ${inWords(expiresAt)}. ${template.closing}
`;
}

export function htmlBody(template: Template, { host, link, token, expiresAt }: Filling): string {
  const href = escapeHtml(link);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(template.subject)}</title></head>
<body style="font-family: sans-serif; max-width: 36em; margin: 2em auto; line-height: 1.5">
<p>${escapeHtml(template.opening(host))}</p>
<p><a href="${href}">${escapeHtml(template.action)}</a></p>
<p>If that does not open, copy this address:<br>${href}</p>
<p>At a terminal, type <code>${escapeHtml(template.command)}</code> instead, and paste this when it asks:<br>
<code>${escapeHtml(token)}</code></p>
<p>It works once, until ${escapeHtml(inWords(expiresAt))}. ${escapeHtml(template.closing)}</p>
</body>
</html>
`;
}

/** Such as `25 November 2026, 19:55 UTC`, whatever the server's locale. */
function inWords(date: Date): string {
  const day = date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
  return `${day}, ${date.toISOString().slice(11, 16)} UTC`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
