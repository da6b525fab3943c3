import { editDistance } from "../usage/edit-distance.ts";

/** The word of the list that differs least from the given one; undefined if none is close. */
export function nearestOf(word: string, words: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const limit = Math.max(1, Math.floor(word.length / 3));
  const close = words
    .map((candidate) => ({ candidate, distance: editDistance(lower, candidate.toLowerCase()) }))
    .filter((one) => one.distance <= limit || one.candidate.toLowerCase().endsWith(`.${lower}`))
    .toSorted((a, b) => a.distance - b.distance);
  return close[0]?.candidate;
}
