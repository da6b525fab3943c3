import type { CDPSession, Page } from "playwright-core";
import { expect } from "vitest";

/** Expects that the page keeps the secret nowhere: not in its address, document, storage and memory. */
export async function expectNoTraceOf(secret: string, page: Page): Promise<void> {
  const { origins, cookies } = await page.context().storageState({ indexedDB: true });
  const history = await page.evaluate(() => JSON.stringify(globalThis.history.state));
  expect(page.url() + history, "address").not.toContain(secret);
  expect(await page.content(), "document").not.toContain(secret);
  expect(JSON.stringify([origins, cookies]), "storage").not.toContain(secret);
  expect(await isInMemory(secret, page), "memory").toBe(false);
}

/** Searches a snapshot of the heap of the page, which has the texts of all objects that are still in use. */
async function isInMemory(secret: string, page: Page): Promise<boolean> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const parts: string[] = [];
  session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => void parts.push(chunk));
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.takeHeapSnapshot");
  await session.detach();
  return parts.join("").includes(secret);
}
