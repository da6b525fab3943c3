// The types of what a method returns.
import type { OperationError } from "./errors.ts";
import type { Page } from "./page.ts";

/** The headers of a response. */
export interface ResponseHeaders {
  /** Returns the value of a header, or null. The name is not case-sensitive. */
  get(name: string): string | null;
}

/** The data of a call and the response that contained it. */
export interface Answer<T> {
  data: T;
  /** The HTTP status. */
  status: number;
  headers: ResponseHeaders;
  /** The id of the request in the server's log. */
  requestId: string | undefined;
}

/** The outcome of a call as a value. `error` is a `ProjoError` with the reasons of the operation. */
export type Result<T, Name extends string = string> =
  | { readonly ok: true; readonly data: T; readonly error?: undefined }
  | { readonly ok: false; readonly data?: undefined; readonly error: OperationError<Name> };

/** The promise of a call's data. The call has started. */
export interface Call<T, Name extends string = string> extends Promise<T> {
  /**
   * Resolves to the data, the status, the headers and the request id. Rejects as the call does. It sends no second request.
   *
   * @example
   * const { data, requestId } = await client.tasks.get({ id }).withResponse();
   */
  withResponse(): Promise<Answer<T>>;

  /**
   * Resolves to `{ ok: true, data }`, or to `{ ok: false, error }` when the call fails with a `ProjoError`. Rejects with
   * any other error: a TypeError for an invalid argument, or the reason of an aborted signal. It sends no second request.
   *
   * @example
   * const { data, error } = await client.tasks.get({ id }).result();
   * if (error?.reason === "task.not_found") return undefined;
   */
  result(): Promise<Result<T, Name>>;
}

/** The options of {@link Paged.all}. */
export interface AllOptions {
  /** The maximum number of items, or Infinity. Default: 10,000. */
  max?: number | undefined;
}

/**
 * The result of a list operation. Await it to get the first page, or iterate over it with `for await` to get the items of
 * all pages. No request is sent before that, and the first page is fetched only once. Without a `limit`, an awaited page has
 * up to 20 items, and an iteration fetches 100 items with each request.
 *
 * @example
 * const { items, nextCursor } = await acme.tasks.list({ limit: 20 });
 * for await (const task of acme.tasks.list()) console.log(task.title);
 * const tasks = await acme.tasks.list({ status: "todo" }).all();
 */
export interface Paged<T, Name extends string = string> extends Call<Page<T>, Name>, AsyncIterable<T> {
  /** Iterates over the pages, starting with the first. */
  pages(): AsyncIterable<Page<T>>;

  /**
   * Returns the items of all pages.
   *
   * @throws RangeError when the list has more than `max` items, so that the result is never incomplete
   */
  all(options?: AllOptions): Promise<T[]>;

  /** Returns the first item, or undefined when the list is empty. Fetches one item. */
  first(): Promise<T | undefined>;
}
