// A fetch that records what a command sends, and can act before a call.
import type { Fetch } from "@projostack/sdk";

export interface Recording {
  readonly fetch: Fetch;
  /** The operations of the requests, in their order. */
  readonly operations: string[];
  /** The most requests that were under way at the same time. */
  readonly most: () => number;
}

/** @param before called before each request; it may change the URL, or fail in place of the request */
export function recording(
  before: (operation: string, url: string) => Promise<string | void> | string | void = () => {},
): Recording {
  const operations: string[] = [];
  let running = 0;
  let most = 0;
  return {
    operations,
    most: () => most,
    async fetch(url, init) {
      const operation = /\/trpc\/([\w.]+)/.exec(url)?.[1] ?? url;
      operations.push(operation);
      running += 1;
      most = Math.max(most, running);
      try {
        const changed = await before(operation, url);
        return await fetch(changed ?? url, init);
      } finally {
        running -= 1;
      }
    },
  };
}
