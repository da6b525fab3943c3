// Changes of the cached lists after an action. Reading a long list again would take one call for each of its pages.
import type { Page } from "@projostack/sdk";
import type { InfiniteData, QueryClient } from "@tanstack/react-query";

interface Item {
  readonly id: string;
  readonly version: number;
}

type Pages<T> = InfiniteData<Page<T>>;

/** The item as the lists show it now, whose key begins with `listKey`. The given item if no list contains it. */
export function shownInLists<T extends Item>(
  queryClient: QueryClient,
  listKey: readonly unknown[],
  item: T,
): T {
  const lists = queryClient.getQueriesData<Pages<T>>({ queryKey: listKey });
  const shown = lists
    .flatMap(([, list]) => list?.pages ?? [])
    .flatMap((page) => page.items)
    .find(({ id }) => id === item.id);
  return shown ?? item;
}

/** Replaces the item in all lists. An answer that is older than the item does not replace it. */
export function replaceInLists(queryClient: QueryClient, listKey: readonly unknown[], item: Item): void {
  changePages(queryClient, listKey, (items) =>
    items.map((other) => (other.id === item.id && other.version <= item.version ? item : other)),
  );
}

export function removeFromLists(queryClient: QueryClient, listKey: readonly unknown[], id: string): void {
  changePages(queryClient, listKey, (items) => items.filter((item) => item.id !== id));
}

/** Puts a new item at the front of the list with exactly this key. */
export function prependToList(queryClient: QueryClient, queryKey: readonly unknown[], item: Item): void {
  queryClient.setQueryData<Pages<Item>>(queryKey, (list) => {
    const [first, ...rest] = list?.pages ?? [];
    if (list === undefined || first === undefined) return list;
    return { ...list, pages: [{ ...first, items: [item, ...first.items] }, ...rest] };
  });
}

/** Marks the lists, so that they are read again when they are shown the next time. The present page keeps its rows. */
export const markOutdated = (queryClient: QueryClient, listKey: readonly unknown[]): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: listKey, refetchType: "none" });

function changePages(
  queryClient: QueryClient,
  queryKey: readonly unknown[],
  change: (items: readonly Item[]) => Item[],
): void {
  queryClient.setQueriesData<Pages<Item>>(
    { queryKey },
    (list) => list && { ...list, pages: list.pages.map((page) => ({ ...page, items: change(page.items) })) },
  );
}
