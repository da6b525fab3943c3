// Quotes names that one user chose in mails to other people, who may not know that user.

/** The longest names, in user-perceived characters. */
const MAX_LENGTH = 80;
const MAX_SUBJECT_LENGTH = 50;

/**
 * A character with more combining marks than any writing system needs is cut, because stacked marks cover neighboring
 * lines.
 */
const MAX_CODE_POINTS = 12;

/** Formats a name for a sentence: in quotes, on one line, of bounded length, and without text that becomes a link. */
export const quoteName = (name: string): string => `"${sanitize(name, MAX_LENGTH)}"`;

/** The same for the subject of a mail. */
export const quoteNameInSubject = (name: string): string => `"${sanitize(name, MAX_SUBJECT_LENGTH)}"`;

function sanitize(name: string, longest: number): string {
  const oneLine = name
    // Private-use characters can look like anything. Of the invisible characters, only the two joiners of letters and emoji
    // are kept: the others can hide text, change its direction, or split a word so that a filter misses it.
    .replaceAll(/[\p{Co}\u115f\u1160\u3164\uffa0]/gu, "")
    .replaceAll(/(?![\u200c\u200d])\p{Cf}/gu, "")
    // Control characters, line breaks and sequences of spaces become one space.
    .replaceAll(/[\p{Cc}\p{Z}\u2800]+/gu, " ")
    .replaceAll(/["\u201c-\u201f\u00ab\u00bb\uff02]/g, "'")
    .trim();
  return withoutLinks(truncate(oneLine, longest));
}

function truncate(text: string, longest: number): string {
  const characters = Array.from(new Intl.Segmenter("en").segment(text), ({ segment }) =>
    Array.from(segment).slice(0, MAX_CODE_POINTS).join(""),
  );
  return characters.length > longest ? `${characters.slice(0, longest - 1).join("")}…` : characters.join("");
}

/**
 * Prevents mail programs from turning text into links. They recognize domains, addresses, paths and URLs by text that
 * directly follows a dot, colon, slash or at sign. So a space is inserted after each of these, and after their equivalents
 * in other writing systems, which a program may treat the same (RFC 3490, section 3.1; Unicode compatibility forms).
 */
const withoutLinks = (text: string): string =>
  text.replaceAll(
    /[./:@\\\u2024\u2044\u2215\u2236\u29f8\u3002\ufe13\ufe52\ufe55\ufe68\ufe6b\uff0e\uff0f\uff1a\uff20\uff3c\uff61](?=\S)/g,
    "$& ",
  );
