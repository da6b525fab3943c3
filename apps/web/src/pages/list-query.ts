// The search and the order of a list in the query string of its page, so that a link shows the same list.
import type { ListOrder } from "@projostack/sdk";

export const listOrders = ["newest", "oldest", "last_changed"] as const satisfies readonly ListOrder[];

const MAX_SEARCH_LENGTH = 200;

/** The order of the list. Undefined for the default order, and for one that the server would refuse. */
export const readOrder = (query: URLSearchParams): ListOrder | undefined =>
  listOrders.find((order) => order !== "newest" && order === query.get("order"));

/** The text for which the list is searched. */
export const readSearch = (query: URLSearchParams): string | undefined =>
  query.get("search")?.trim().slice(0, MAX_SEARCH_LENGTH) || undefined;

/** Sets a parameter, and removes it if the value is empty. */
export function withParameter(query: URLSearchParams, name: string, value: string): URLSearchParams {
  const changed = new URLSearchParams(query);
  if (value === "") changed.delete(name);
  else changed.set(name, value);
  return changed;
}
