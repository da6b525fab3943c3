const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

/** Counts characters as the server does: in code points. */
export const lengthOf = (text: string): number => Array.from(text).length;

/**
 * Cuts a text to a number of code points, between two characters as people see them: a letter keeps its accent and an emoji
 * its parts. Returns an empty text when the first of them is already too long.
 */
export function cutText(text: string, max: number): string {
  let [end, length] = [0, 0];
  for (const { segment } of segmenter.segment(text)) {
    length += lengthOf(segment);
    if (length > max) break;
    end += segment.length;
  }
  return text.slice(0, end).trimEnd();
}
