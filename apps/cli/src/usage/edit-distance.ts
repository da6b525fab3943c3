/**
 * Returns the number of insertions, deletions, replacements and exchanges of two neighbours between two texts (optimal string
 * alignment distance, after Damerau 1964).
 */
export function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isExchange = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const exchanged = isExchange ? (before[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Returns the names that differ from the text in few characters, the most similar ones only. */
export function similarNames(typed: string, names: readonly string[]): string[] {
  const text = typed.toLowerCase();
  // In a short name, two changed characters make another word.
  const allowed = Math.min(2, Math.max(1, Math.floor(text.length / 3)));
  const measured = names.map((name) => ({ name, distance: editDistance(text, name) }));
  const least = Math.min(...measured.map(({ distance }) => distance));
  if (least > allowed) return [];
  return measured.filter(({ distance }) => distance === least).map(({ name }) => name);
}
