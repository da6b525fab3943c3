// Text that somebody else chose, in a mail to somebody who may never have heard of them.

/** In characters as people count them. */
const LONGEST = 80;
const LONGEST_IN_SUBJECT = 50;

/** A character with more marks than any writing system needs is cut: a heap of them covers the lines around it. */
const MOST_CODE_POINTS = 12;

/** A name as it may stand in a sentence: in quotes, on one line, of bounded length, and nothing that becomes a link. */
export const quoteName = (name: string): string => `"${harmless(name, LONGEST)}"`;

/** The same in a subject. */
export const quoteNameInSubject = (name: string): string => `"${harmless(name, LONGEST_IN_SUBJECT)}"`;

function harmless(name: string, longest: number): string {
  const oneLine = name
    // Private characters look like anything. Of those that cannot be seen, only the two that join letters or emoji stay: the
    // others hide text, turn its direction, or part a word so that a filter passes over it.
    .replaceAll(/[\p{Co}\u115f\u1160\u3164\uffa0]/gu, "")
    .replaceAll(/(?![\u200c\u200d])\p{Cf}/gu, "")
    // Controls, line breaks and rows of blanks.
    .replaceAll(/[\p{Cc}\p{Z}\u2800]+/gu, " ")
    .replaceAll(/["\u201c-\u201f\u00ab\u00bb\uff02]/g, "'")
    .trim();
  return withoutLinks(shortened(oneLine, longest));
}

function shortened(text: string, longest: number): string {
  const characters = Array.from(new Intl.Segmenter("en").segment(text), ({ segment }) =>
    Array.from(segment).slice(0, MOST_CODE_POINTS).join(""),
  );
  return characters.length > longest ? `${characters.slice(0, longest - 1).join("")}…` : characters.join("");
}

/**
 * Mail programs make links of text: of domains, addresses, paths and anything with a scheme. Each is known by what stands
 * without a blank behind a dot, colon, slash or at sign. So a blank is put behind each, also behind those of other writing
 * systems, which a program may take for the same (RFC 3490, section 3.1; Unicode compatibility forms).
 */
const withoutLinks = (text: string): string =>
  text.replaceAll(
    /[./:@\\\u2024\u2044\u2215\u2236\u29f8\u3002\ufe13\ufe52\ufe55\ufe68\ufe6b\uff0e\uff0f\uff1a\uff20\uff3c\uff61](?=\S)/g,
    "$& ",
  );
