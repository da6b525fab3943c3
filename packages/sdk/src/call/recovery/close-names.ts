/** Returns at most three names that are similar to the typed one, the most similar first. */
export function closeNames(typed: string, names: readonly string[]): string[] {
  const target = typed.toLowerCase();
  const allowed = Math.max(2, Math.floor(target.length / 3));
  const close = names
    .map((name) => ({ name, distance: edits(target, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= allowed || name.toLowerCase().endsWith(`.${target}`));
  // Sort in place: toSorted is missing in some runtimes that have fetch.
  close.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return close.slice(0, 3).map(({ name }) => name);
}

/** Returns the edit distance: the number of insertions, deletions and replacements (Levenshtein 1966). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(from).entries()) {
    const next = [index + 1];
    for (const [at, other] of Array.from(to).entries()) {
      const replaced = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
