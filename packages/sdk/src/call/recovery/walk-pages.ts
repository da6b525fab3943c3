// The pages after the first, and all items of a list.
import type { AllOptions } from "../../answer.ts";
import type { Page } from "../../page.ts";
import type { List } from "../../list.ts";
import { ProjoError } from "./given.ts";

const DEFAULT_MAX_ITEMS = 10_000;

/** Yields the pages, starting with the first. `size` selects the size of the further pages. */
export async function* walkPages<T>(
  { operation, fetchPage }: List<T>,
  first: Page<T>,
  size: object,
): AsyncGenerator<Page<T>, void, undefined> {
  let page = first;
  yield page;
  while (page.nextCursor !== null) {
    const cursor: string = page.nextCursor;
    page = (await fetchPage({ ...size, cursor })).data;
    if (page.nextCursor === cursor)
      throw new ProjoError(
        "The server returned the same cursor twice, so the list would never end. Report it to the operator of the server.",
        { operation, code: "UNEXPECTED_ANSWER" },
      );
    yield page;
  }
}

/** @throws RangeError when there are more than `max` items */
export async function allItems<T>(
  operation: string,
  pages: AsyncIterable<Page<T>>,
  options: AllOptions = {},
): Promise<T[]> {
  const { max = DEFAULT_MAX_ITEMS } = options;
  if (typeof options !== "object" || !(max === Infinity || (Number.isInteger(max) && max > 0))) {
    throw new TypeError("The maximum must be a whole number, 1 or more: all({ max: 500 }).");
  }
  const items: T[] = [];
  for await (const page of pages) {
    items.push(...page.items);
    if (items.length > max || (items.length === max && page.nextCursor !== null)) {
      throw new RangeError(
        `${operation} has more than ${max} items. Pass a larger max: all({ max: ${max * 10} }), or use for await.`,
      );
    }
  }
  return items;
}
