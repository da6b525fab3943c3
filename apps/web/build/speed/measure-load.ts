import { gzipSync } from "node:zlib";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { observePage, type PageFigures } from "./observe-page.ts";

/** The figures of one load of a page with an empty cache. */
export interface LoadFigures {
  /** The size of all scripts with gzip. */
  readonly scriptKilobytes: number;
  readonly requests: number;
  /** The time from the navigation until the page is complete and the main thread is free. */
  readonly interactiveMs: number;
  readonly largestPaintMs: number;
  /** The score of Cumulative Layout Shift: 0 if nothing moved. */
  readonly layoutShift: number;
}

export interface LoadOptions {
  readonly url: string;
  /** What the page shows when it is complete, as a selector. */
  readonly complete: string;
  /** How much slower the processor is. */
  readonly slowdown: number;
  readonly storageState?: BrowserContextOptions["storageState"];
}

/** Loads a page in a browser of its own. */
export async function measureLoad(browser: Browser, options: LoadOptions): Promise<LoadFigures> {
  const { url, complete, slowdown, storageState } = options;
  const context = await browser.newContext({ ...(storageState !== undefined && { storageState }) });
  try {
    const page = await context.newPage();
    const scripts: Promise<number>[] = [];
    let requests = 0;
    page.on("request", () => (requests += 1));
    page.on("response", (response) => {
      if (response.request().resourceType() !== "script") return;
      scripts.push(response.body().then((body) => gzipSync(body).length));
    });
    await page.addInitScript(observePage, complete);
    const devtools = await context.newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    await page.goto(url);
    await page.locator(complete).first().waitFor();
    await page.waitForLoadState("networkidle");
    const { completeMs, lastLongTaskMs, largestPaintMs, layoutShift } = await readFigures(page);
    const bytes = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0);
    return {
      scriptKilobytes: bytes / 1_000,
      requests,
      interactiveMs: Math.max(completeMs, lastLongTaskMs),
      largestPaintMs,
      layoutShift,
    };
  } finally {
    await context.close();
  }
}

const readFigures = (page: Page): Promise<PageFigures> =>
  page.evaluate(() => (globalThis as unknown as { loadFigures: PageFigures }).loadFigures);
