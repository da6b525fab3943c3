// Titles and names are other people's text. On a terminal, an escape sequence in one could rewrite the screen, set the
// clipboard or hide a line, and a bidirectional override could show a name that is another one. (CWE-150)

/**
 * The text with everything that steers a terminal made visible or blank: control characters become their pictures
 * (U+2400 to U+2421), C1 controls and bidirectional overrides U+FFFD, tabs and line separators a space.
 */
export function harmless(text: string): string {
  return text
    .replaceAll(/[\t\u2028\u2029]/g, " ")
    .replaceAll(/\p{Cc}/gu, picture)
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

function picture(control: string): string {
  const code = control.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

/** JSON in which what steers a terminal is written as an escape: the same value to a program, harmless on a screen. */
export function harmlessJson(value: unknown, { inOneLine = false } = {}): string {
  // JSON.stringify escapes U+0000 to U+001F itself; the line breaks and spaces it adds for layout must stay.
  return JSON.stringify(value, undefined, inOneLine ? 0 : 2).replaceAll(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
