/** What the Performance API says about a page, in milliseconds since the navigation. */
export interface PageFigures {
  /** The element that makes the page complete was there. */
  completeMs: number;
  /** The end of the last task that kept the main thread busy for more than 50 ms. */
  lastLongTaskMs: number;
  largestPaintMs: number;
  layoutShift: number;
}

interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
}

/**
 * Runs in the page before its scripts, and keeps the figures in `loadFigures`. It uses nothing of this file, and names no function:
 * the compiler of the scripts would add a call of its own to each named function.
 */
export function observePage(complete: string): void {
  const figures: PageFigures = { completeMs: 0, lastLongTaskMs: 0, largestPaintMs: 0, layoutShift: 0 };
  Object.assign(globalThis, { loadFigures: figures });
  const uses: [string, (entry: PerformanceEntry) => void][] = [
    ["longtask", ({ startTime, duration }) => (figures.lastLongTaskMs = startTime + duration)],
    ["largest-contentful-paint", ({ startTime }) => (figures.largestPaintMs = startTime)],
    [
      "layout-shift",
      (entry) => {
        const { value, hadRecentInput } = entry as LayoutShift;
        if (!hadRecentInput) figures.layoutShift += value;
      },
    ],
  ];
  for (const [type, use] of uses)
    new PerformanceObserver((list) => list.getEntries().forEach(use)).observe({ type, buffered: true });
  const changes = new MutationObserver(() => {
    if (document.querySelector(complete) === null) return;
    figures.completeMs = performance.now();
    changes.disconnect();
  });
  changes.observe(document, { childList: true, subtree: true });
}
