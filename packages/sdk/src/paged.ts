import { ProjoError } from "./errors.ts";
import type { Page, Paged } from "./page.ts";

/** Fetches the page with this cursor, or the first page when it is undefined. */
export type FetchPage<T> = (cursor: string | undefined) => Promise<Page<T>>;

export function paged<T>(operation: string, fetchPage: FetchPage<T>): Paged<T> {
  return new LazyPages(operation, fetchPage);
}

class LazyPages<T> implements Paged<T> {
  readonly #operation: string;
  readonly #fetchPage: FetchPage<T>;
  #first: Promise<Page<T>> | undefined;

  constructor(operation: string, fetchPage: FetchPage<T>) {
    this.#operation = operation;
    this.#fetchPage = fetchPage;
  }

  get [Symbol.toStringTag](): string {
    return "Paged";
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a Paged is meant to be awaited
  then<A = Page<T>, B = never>(
    onPage?: ((page: Page<T>) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#firstPage().then(onPage, onError);
  }

  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<Page<T> | B> {
    return this.#firstPage().catch(onError);
  }

  finally(onEnd?: (() => void) | null): Promise<Page<T>> {
    return this.#firstPage().finally(onEnd);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.items;
  }

  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let page = await this.#firstPage();
    yield page;
    while (page.nextCursor !== null) {
      const cursor: string = page.nextCursor;
      page = await this.#fetchPage(cursor);
      if (page.nextCursor === cursor) throw this.#endlessList();
      yield page;
    }
  }

  #endlessList(): ProjoError {
    return new ProjoError(
      "The server returned the same cursor twice, so the list would never end. Report it to the operator of the server.",
      {
        operation: this.#operation,
        code: "UNEXPECTED_ANSWER",
      },
    );
  }

  #firstPage(): Promise<Page<T>> {
    return (this.#first ??= this.#fetchPage(undefined));
  }
}
