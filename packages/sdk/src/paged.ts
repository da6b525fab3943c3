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

/** `fetchPage` gets the cursor of the page, or undefined for the first. */
export function paged<T>(fetchPage: (cursor: string | undefined) => Promise<Page<T>>): Paged<T> {
  return new LazyPages(fetchPage);
}

class LazyPages<T> implements Paged<T> {
  readonly #fetchPage: (cursor: string | undefined) => Promise<Page<T>>;
  #first: Promise<Page<T>> | undefined;

  constructor(fetchPage: (cursor: string | undefined) => Promise<Page<T>>) {
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
      if (page.nextCursor === cursor) throw new Error("The server sent the same cursor twice, without end.");
      yield page;
    }
  }

  #firstPage(): Promise<Page<T>> {
    return (this.#first ??= this.#fetchPage(undefined));
  }
}
