import type { Answer } from "./answer.ts";
import type { Page } from "./page.ts";

/** The fields of the input that select a page. */
export interface PageInput {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Fetches a page. The fields override those of the input of the call. */
export type FetchPage<T> = (input: PageInput) => Promise<Answer<Page<T>>>;

export interface List<T> {
  readonly operation: string;
  /** True when the caller has set a limit, which then applies to every page. */
  readonly hasLimit: boolean;
  readonly fetchPage: FetchPage<T>;
}
