/**
 * An id begins with the milliseconds of its creation (UUIDv7, RFC 9562): 12 digits and a hyphen. A shorter prefix would soon name
 * more than one item of the workspace.
 */
const MIN_LENGTH = 13;

/** Two more digits than the ids on the page need, because there are other items. */
const SPARE_DIGITS = 2;

/** Shortens ids to the prefix that is unique among them, with two more digits and at least the time of creation. */
export function shortenIds(ids: readonly string[]): string[] {
  const length = Math.max(uniqueLength(ids) + SPARE_DIGITS, MIN_LENGTH);
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
