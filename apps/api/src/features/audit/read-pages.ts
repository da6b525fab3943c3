import { setTimeout as delay } from "node:timers/promises";
import type { AuditPageInput, AuditPageRow } from "@projostack/db";

/** The entries of one page. Processing a page blocks the event loop for a few milliseconds. */
const PAGE_SIZE = 200;

/**
 * The longest pause after a page. A pause is as long as the processing of the page, so that half of the time is left for
 * other requests.
 */
const MAX_PAUSE_MS = 20;

type ReadPage = (input: AuditPageInput) => Promise<AuditPageRow[]>;

/**
 * Reads the entries after a sequence number, page by page, in ascending order. It pauses after each page, so that other
 * requests can run.
 * @param limit the most entries of all pages together
 */
export async function* readPages(
  readPage: ReadPage,
  { afterSeq, limit }: AuditPageInput,
): AsyncGenerator<AuditPageRow[]> {
  let after = afterSeq;
  for (let left = limit; left > 0;) {
    const pageLimit = Math.min(PAGE_SIZE, left);
    const page = await readPage({ afterSeq: after, limit: pageLimit });
    left -= page.length;
    const startedAt = performance.now();
    yield page;
    const tookMs = performance.now() - startedAt;
    const last = page.at(-1);
    if (!last || page.length < pageLimit) return;
    after = last.seq;
    await delay(Math.min(MAX_PAUSE_MS, Math.ceil(tookMs)));
  }
}
