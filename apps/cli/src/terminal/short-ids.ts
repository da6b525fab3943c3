/**
 * An id begins with the milliseconds of its creation (UUIDv7, RFC 9562): 12 digits and a hyphen. A shorter prefix would soon name
 * more than one item of the workspace.
 */
const TIME_LENGTH = 13;

/** Items that were created together have the same time. On the page can be a part of them only, so two more digits are shown. */
const SPARE_DIGITS = 2;

/** Shortens ids to the prefix that is unique among them, and contains at least the time of creation. */
export function shortenIds(ids: readonly string[]): string[] {
  const unique = uniqueLength(ids);
  const length = unique <= TIME_LENGTH ? TIME_LENGTH : unique + SPARE_DIGITS;
  return ids.map((id) => id.slice(0, length).replace(/-$/, ""));
}

function uniqueLength(ids: readonly string[]): number {
  const sorted = [...new Set(ids)].toSorted();
  return sorted.reduce((most, id, index) => Math.max(most, sharedLength(id, sorted[index - 1] ?? "") + 1), 1);
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
