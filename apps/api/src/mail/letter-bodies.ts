import type { Letter, Way } from "./templates.ts";

/** A letter, and the token that it brings if it brings one. */
export interface Filled {
  readonly letter: Letter;
  readonly bringing: Bringing | null;
}

export interface Bringing {
  readonly way: Way;
  readonly link: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export function textBody({ letter, bringing }: Filled): string {
  const way = bringing
    ? `${bringing.link}

At a terminal, type \`${bringing.way.command}\` instead, and paste this when it asks:

${bringing.token}

`
    : "";
  return `${letter.opening}\n\n${way}${endOf(bringing)}${letter.closing}\n`;
}

export function htmlBody({ letter, bringing }: Filled): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(letter.subject)}</title></head>
<body style="font-family: sans-serif; max-width: 36em; margin: 2em auto; line-height: 1.5">
<p>${escapeHtml(letter.opening)}</p>
${bringing ? htmlWay(bringing) : ""}<p>${escapeHtml(endOf(bringing) + letter.closing)}</p>
</body>
</html>
`;
}

function htmlWay({ way, link, token }: Bringing): string {
  const href = escapeHtml(link);
  return `<p><a href="${href}">${escapeHtml(way.action)}</a></p>
<p>If that does not open, copy this address:<br>${href}</p>
<p>At a terminal, type <code>${escapeHtml(way.command)}</code> instead, and paste this when it asks:<br>
<code>${escapeHtml(token)}</code></p>
`;
}

const endOf = (bringing: Bringing | null): string =>
  bringing ? `It works once, until ${inWords(bringing.expiresAt)}. ` : "";

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
