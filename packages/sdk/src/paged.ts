import { ProjoError } from "./errors.ts";

/** One page of a list. `nextCursor` is the input's `cursor` for the next page, or null at the end. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/**
 * A list that was asked for. Await it for its first page, or walk it with `for await` for the items of all pages.
 * Nothing is sent before one or the other, and its first page is fetched once.
 */
export interface Paged<T> extends Promise<Page<T>>, AsyncIterable<T> {
  /** The pages one after another, the first included. */
  pages(): AsyncIterable<Page<T>>;
}

/** Gets the cursor of the page, or undefined for the first. */
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

  // oxlint-disable-next-line unicorn/no-thenable -- to be awaited is what it is for
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
      if (page.nextCursor === cursor) throw this.#endless();
      yield page;
    }
  }

  #endless(): ProjoError {
    return new ProjoError("The server sent the same cursor twice: the list would never end.", {
      operation: this.#operation,
      code: "UNEXPECTED_ANSWER",
    });
  }

  #firstPage(): Promise<Page<T>> {
    return (this.#first ??= this.#fetchPage(undefined));
  }
}
