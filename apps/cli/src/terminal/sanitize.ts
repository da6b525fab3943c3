// Titles and names are untrusted text. In a terminal, an escape sequence could rewrite the screen, set the clipboard or
// hide a line, and a bidirectional override could make a name look like another one (CWE-150).

/**
 * Replaces every character that controls a terminal: C0 controls become their pictures (U+2400 to U+2421), C1 controls
 * and bidirectional overrides become U+FFFD, tabs and line separators become a space.
 */
export function sanitize(text: string): string {
  return text
    .replaceAll(/[\t\u2028\u2029]/g, " ")
    .replaceAll(/\p{Cc}/gu, picture)
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** The same for text of several lines, whose line breaks and tabs stay. */
export const sanitizeLines = (text: string): string =>
  text
    .split(/([\n\t])/)
    .map((part, index) => (index % 2 === 1 ? part : sanitize(part)))
    .join("");

function picture(control: string): string {
  const code = control.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

/** Serializes to JSON with every character that controls a terminal escaped. Parsing gives the same value. */
export function sanitizeJson(value: unknown, { inOneLine = false } = {}): string {
  // JSON.stringify escapes U+0000 to U+001F in strings. The line breaks that it adds for layout must stay.
  return JSON.stringify(value, undefined, inOneLine ? 0 : 2).replaceAll(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
