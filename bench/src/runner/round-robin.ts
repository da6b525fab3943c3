/** @returns a function that returns the items in a cycle. It throws a RangeError if there are no items */
export function roundRobin<T>(items: readonly T[]): () => T {
  let at = 0;
  return () => {
    const item = items[at % items.length];
    if (item === undefined) throw new RangeError("There are no items.");
    at += 1;
    return item;
  };
}
