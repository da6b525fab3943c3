/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** The `cursor` of the input for the next page. Null on the last page. */
  nextCursor: string | null;
}

/**
 * The result of a list operation. Await it to get the first page, or iterate over it with `for await` to get the items of
 * all pages. No request is sent before that, and the first page is fetched only once.
 *
 * @example
 * const { items, nextCursor } = await acme.tasks.list({ limit: 20 });
 * for await (const task of acme.tasks.list()) console.log(task.title);
 */
export interface Paged<T> extends Promise<Page<T>>, AsyncIterable<T> {
  /** Iterates over the pages, starting with the first. */
  pages(): AsyncIterable<Page<T>>;
}
