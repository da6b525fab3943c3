/** @returns what gives one after the other, and begins anew after the last. @throws RangeError when there is none */
export function roundRobin<T>(items: readonly T[]): () => T {
  let at = 0;
  return () => {
    const item = items[at % items.length];
    if (item === undefined) throw new RangeError("There is no next one of none.");
    at += 1;
    return item;
  };
}
