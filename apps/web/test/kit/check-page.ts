import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** In the page, after its source has run. */
interface AxeWindow {
  readonly axe: { run(options: RunOptions): Promise<AxeResults> };
}

/** The minified form, which is less than half as long. */
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const widths = [360, 768, 1280];

/**
 * Expects that axe finds no violation in the page, in both themes and on a narrow and a wide screen, and that the page does not
 * scroll sideways at any common width. The viewport is 1280 pixels wide afterwards, and the theme is light.
 */
export async function expectGoodPage(page: Page): Promise<void> {
  // After a change of the address, the page is there when its heading is.
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await showTheme(page, "dark");
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    const scrollsSideways = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(scrollsSideways, `${page.url()} scrolls sideways at ${width} pixels`).toBe(false);
    if (width === 360) expect(await violationsIn(page), `${page.url()}, narrow and dark`).toEqual([]);
  }
  await showTheme(page, "light");
  expect(await violationsIn(page), `${page.url()}, wide and light`).toEqual([]);
}

/** Selects the theme of the system, and waits until the page is painted with it. */
async function showTheme(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(
    () => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))),
  );
}

async function violationsIn(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axeSource);
  return await page.evaluate(async () => {
    // The same rules run. Axe describes the elements of violations only, and the page sends no more than these to the test.
    const { violations } = await (globalThis as unknown as AxeWindow).axe.run({
      resultTypes: ["violations"],
      selectors: false,
    });
    return violations.map(
      ({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.html).join(", ")})`,
    );
  });
}
