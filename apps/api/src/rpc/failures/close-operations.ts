// Finds the operations that a misspelled name could mean. A refused call must cost little, so only short names of about the
// same length are compared.
import { operations } from "@projostack/contract";

const MAX_LENGTH = 40;
const MAX_EDITS = 2;
const MAX_NAMES = 3;

const known = operations.map(({ name }) => ({ name, folded: name.toLowerCase() }));

/** Returns at most three operation names that differ from the text in two characters at most, the most similar first. */
export function closeOperations(typed: string): string[] {
  if (typed.length > MAX_LENGTH) return [];
  const folded = typed.toLowerCase();
  return known
    .filter(({ folded: { length } }) => Math.abs(length - folded.length) <= MAX_EDITS)
    .map((one) => ({ name: one.name, edits: edits(folded, one.folded) }))
    .filter((one) => one.edits <= MAX_EDITS)
    .toSorted((a, b) => a.edits - b.edits)
    .slice(0, MAX_NAMES)
    .map(({ name }) => name);
}

/** Returns the number of insertions, deletions and replacements between two texts (Levenshtein 1966). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
