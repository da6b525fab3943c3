import { setTimeout as delay } from "node:timers/promises";
import type { AuditPageInput, AuditPageRow } from "@projostack/db";

/** So many entries take the event loop a few milliseconds. */
const PAGE_SIZE = 200;

/** The longest pause after a page: it is as long as the page kept the event loop, so that half of the time is others'. */
const MAX_PAUSE_MS = 20;

type ReadPage = (input: AuditPageInput) => Promise<AuditPageRow[]>;

/**
 * The entries after a number, page by page, in the order of their numbers. After each page other requests get as much time as it took.
 * @param limit the most entries of all pages together
 */
export async function* readPages(
  readPage: ReadPage,
  { afterSeq, limit }: AuditPageInput,
): AsyncGenerator<AuditPageRow[]> {
  let after = afterSeq;
  for (let left = limit; left > 0;) {
    const asked = Math.min(PAGE_SIZE, left);
    const page = await readPage({ afterSeq: after, limit: asked });
    left -= page.length;
    const began = performance.now();
    yield page;
    const tookMs = performance.now() - began;
    const last = page.at(-1);
    if (!last || page.length < asked) return;
    after = last.seq;
    await delay(Math.min(MAX_PAUSE_MS, Math.ceil(tookMs)));
  }
}
