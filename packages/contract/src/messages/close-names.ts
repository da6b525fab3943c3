// Finds the names that a misspelled name could mean. A refused call must cost little, so only short names of about the same
// length are compared.

const MAX_LENGTH = 40;
const MAX_NAMES = 3;

/** Returns at most three names that differ from the text in few characters, the most similar first. Case and _ do not count. */
export function closeNames(typed: string, names: readonly string[], maxEdits = 2): string[] {
  if (typed.length > MAX_LENGTH) return [];
  const folded = fold(typed);
  // In a short name, two changed characters make another word.
  const allowed = Math.min(maxEdits, Math.max(1, Math.floor(folded.length / 3)));
  return names
    .map((name) => ({ name, folded: fold(name) }))
    .filter((one) => Math.abs(one.folded.length - folded.length) <= allowed)
    .map((one) => ({ name: one.name, edits: edits(folded, one.folded) }))
    .filter((one) => one.edits <= allowed)
    .toSorted((a, b) => a.edits - b.edits)
    .slice(0, MAX_NAMES)
    .map(({ name }) => name);
}

const fold = (name: string): string => name.toLowerCase().replaceAll(/[-_\s]/g, "");

/**
 * Returns the number of insertions, deletions, replacements and exchanges of two neighbours between two texts (optimal string
 * alignment distance, after Damerau 1964).
 */
function edits(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isExchange = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const exchanged = isExchange && i > 1 && j > 1 ? (before[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}
