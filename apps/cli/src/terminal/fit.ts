/** Made when it is needed: plain text needs none. */
let segmenter: Intl.Segmenter | undefined;

const segmentsOf = (text: string): string[] => {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
};

const PLAIN = /^[\x20-\x7e]*$/;

/** Returns the number of terminal columns that the text takes. */
export const widthOf = (text: string): number =>
  PLAIN.test(text) ? text.length : segmentsOf(text).reduce((sum, segment) => sum + columnsOf(segment), 0);

/** Truncates the text to at most `columns` terminal columns. A truncated text ends in `…`. */
export function fit(text: string, columns: number): string {
  if (PLAIN.test(text) && text.length <= columns) return text;
  let used = 0;
  let kept = "";
  for (const segment of segmentsOf(text)) {
    const width = columnsOf(segment);
    if (used + width > columns) return cut(kept, columns);
    used += width;
    kept += segment;
  }
  return text;
}

function cut(text: string, columns: number): string {
  const segments = segmentsOf(text);
  let used = segments.reduce((sum, segment) => sum + columnsOf(segment), 0);
  while (used > columns - 1 && segments.length > 0) used -= columnsOf(segments.pop() ?? "");
  return `${segments.join("").trimEnd()}…`;
}

const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
// The blocks that are wide or fullwidth in Unicode's East Asian Width (UAX 11), and emoji.
const WIDE =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2fb}\u{20000}-\u{3fffd}]/u;

function columnsOf(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
