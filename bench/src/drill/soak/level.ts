// Decides whether the values of a soak stay level: the last third of the intervals is compared with the second one. The first third is
// the time in which caches fill and the compiler of Node.js optimizes.
import { median } from "../../runner/median.ts";
import type { Interval } from "./interval.ts";

interface Bound {
  readonly what: string;
  readonly valueOf: (interval: Interval) => number;
  /** The accepted growth: a factor, and an amount for small values. */
  readonly factor: number;
  readonly more: number;
  readonly unit: string;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const bounds: readonly Bound[] = [
  { what: "memory", valueOf: ({ rssMb }) => total(rssMb), factor: 1.1, more: 15, unit: "MB" },
  {
    what: "number of handles",
    valueOf: ({ handles }) => total(handles),
    factor: 1.1,
    more: 10,
    unit: "handles",
  },
  { what: "p99", valueOf: ({ p99Ms }) => p99Ms, factor: 1.5, more: 10, unit: "ms" },
];

/** @returns a sentence for each value that grew. Needs at least six intervals. */
export function levelProblems(intervals: readonly Interval[]): string[] {
  const third = Math.floor(intervals.length / 3);
  const [middle, last] = [intervals.slice(third, 2 * third), intervals.slice(2 * third)];
  return bounds.flatMap(({ what, valueOf, factor, more, unit }) => {
    const [before, after] = [median(middle.map(valueOf)), median(last.map(valueOf))];
    return after <= before * factor + more
      ? []
      : [`The ${what} grew from ${before.toFixed(0)} to ${after.toFixed(0)} ${unit}.`];
  });
}
