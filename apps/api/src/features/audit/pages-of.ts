import { setImmediate as othersTurn } from "node:timers/promises";
import type { AuditPageInput, AuditPageRow } from "@projostack/db";

/** So many entries take the event loop a few milliseconds. */
const PAGE = 200;

type ReadPage = (input: AuditPageInput) => Promise<AuditPageRow[]>;

/**
 * The entries after a number, page by page, in the order of their numbers. After each page other requests get their turn.
 * @param limit the most entries of all pages together
 */
export async function* pagesOf(
  readPage: ReadPage,
  { afterSeq, limit }: AuditPageInput,
): AsyncGenerator<AuditPageRow[]> {
  let after = afterSeq;
  for (let left = limit; left > 0;) {
    const asked = Math.min(PAGE, left);
    const page = await readPage({ afterSeq: after, limit: asked });
    left -= page.length;
    yield page;
    const last = page.at(-1);
    if (!last || page.length < asked) return;
    after = last.seq;
    await othersTurn();
  }
}
