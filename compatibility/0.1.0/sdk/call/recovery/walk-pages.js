import { ProjoError } from "./given.js";
const DEFAULT_MAX_ITEMS = 10_000;
/** Yields the pages, starting with the first. `size` selects the size of the further pages. */
export async function* walkPages({ operation, fetchPage }, first, size) {
    let page = first;
    yield page;
    while (page.nextCursor !== null) {
        const cursor = page.nextCursor;
        page = (await fetchPage({ ...size, cursor })).data;
        if (page.nextCursor === cursor)
            throw new ProjoError("The server returned the same cursor twice, so the list would never end. Report it to the operator of the server.", { operation, code: "UNEXPECTED_ANSWER" });
        yield page;
    }
}
/** @throws RangeError when there are more than `max` items */
export async function allItems(operation, pages, options = {}) {
    const { max = DEFAULT_MAX_ITEMS } = options;
    if (typeof options !== "object" || !(max === Infinity || (Number.isInteger(max) && max > 0))) {
        throw new TypeError("The maximum must be a whole number, 1 or more: all({ max: 500 }).");
    }
    const items = [];
    for await (const page of pages) {
        items.push(...page.items);
        if (items.length > max || (items.length === max && page.nextCursor !== null)) {
            throw new RangeError(`${operation} has more than ${max} items. Pass a larger max: all({ max: ${max * 10} }), or use for await.`);
        }
    }
    return items;
}
