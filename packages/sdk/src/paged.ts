import type { AllOptions, Answer, Paged, Result } from "./answer.ts";
import { needRecovery } from "./call/load-recovery.ts";
import type { List } from "./list.ts";
import type { Page } from "./page.ts";
import { resultOf } from "./started-call.ts";

const MAX_LIMIT = 100;

export function paged<T>(list: List<T>): Paged<T> {
  return new LazyPages(list);
}

class LazyPages<T> implements Paged<T> {
  readonly #list: List<T>;
  #first: Promise<Answer<Page<T>>> | undefined;

  constructor(list: List<T>) {
    this.#list = list;
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

  withResponse(): Promise<Answer<Page<T>>> {
    return (this.#first ??= this.#list.fetchPage({}));
  }

  result(): Promise<Result<Page<T>>> {
    return resultOf(this.#firstPage());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.items;
  }

  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    const { operation, hasLimit, fetchPage } = this.#list;
    const size = hasLimit ? {} : { limit: MAX_LIMIT };
    const { data } = await (this.#first ??= fetchPage(size));
    yield* (await needRecovery(operation)).walkPages(this.#list, data, size);
  }

  async all(options?: AllOptions): Promise<T[]> {
    const { operation } = this.#list;
    return await (await needRecovery(operation)).allItems(operation, this.pages(), options);
  }

  async first(): Promise<T | undefined> {
    const { data } = await (this.#first ?? this.#list.fetchPage({ limit: 1 }));
    return data.items[0];
  }

  async #firstPage(): Promise<Page<T>> {
    return (await this.withResponse()).data;
  }
}
