import { isReason, type Page } from "@projostack/sdk";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";

/** A longer list is not read again when the window gets the focus: that takes one call for each page. */
const MAX_PAGES_TO_REFRESH = 4;

interface PagedListOptions<T> {
  readonly queryKey: readonly unknown[];
  /** Fetches a page: `(page, signal) => api.tasks.list({ ...filters, ...page }, { signal })`. */
  readonly fetchPage: (page: { readonly cursor?: string }, signal: AbortSignal) => PromiseLike<Page<T>>;
  readonly enabled?: boolean;
  /** Reads the list again every few seconds while this is true for its items. */
  readonly refreshWhile?: (items: readonly T[]) => boolean;
}

const REFRESH_MS = 3_000;

/** A list of the server that grows page by page. */
export interface PagedList<T> {
  /** All items so far. Undefined before the first page. */
  readonly items: readonly T[] | undefined;
  /** Whether `items` are those of the previous filters, while the page of the new ones loads. */
  readonly isOutdated: boolean;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** The list waits for the network. */
  readonly isPaused: boolean;
  readonly loadMore: () => void;
  /** Starts again with the first page. */
  readonly reload: () => void;
}

/** Reads a list of the SDK. Show it with `<PagedItems>`. */
export function usePagedList<T>({
  queryKey,
  fetchPage,
  enabled = true,
  refreshWhile = () => false,
}: PagedListOptions<T>): PagedList<T> {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: async ({ pageParam, signal }) =>
      await fetchPage(pageParam === null ? {} : { cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    enabled,
    placeholderData: (previous, previousQuery) =>
      previousQuery !== undefined && areOfOneList(previousQuery.queryKey, queryKey) ? previous : undefined,
    refetchOnWindowFocus: ({ state }) => (state.data?.pages.length ?? 0) <= MAX_PAGES_TO_REFRESH,
    refetchInterval: ({ state }) =>
      refreshWhile(state.data?.pages.flatMap((page) => page.items) ?? []) ? REFRESH_MS : false,
  });
  const { data, error, fetchStatus, hasNextPage, isFetchingNextPage, isPlaceholderData } = query;
  const { fetchNextPage, refetch } = query;
  const items = useMemo(() => data?.pages.flatMap((page) => page.items), [data]);
  return {
    items,
    isOutdated: isPlaceholderData,
    error,
    hasMore: hasNextPage,
    isLoadingMore: isFetchingNextPage,
    isPaused: fetchStatus === "paused",
    // A cursor becomes invalid after a restart of the server with new keys. The list then starts again.
    loadMore: () => void (isReason(error, "cursor.invalid") ? refetch() : fetchNextPage()),
    reload: () => void refetch(),
  };
}

/** Whether the keys differ in the filters only: `["workspace", id, "tasks", filters]`. */
const areOfOneList = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length > 3 && JSON.stringify(one.slice(0, 3)) === JSON.stringify(other.slice(0, 3));
