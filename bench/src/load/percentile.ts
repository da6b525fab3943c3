/** Returns a percentile of sorted values by the nearest-rank method, or NaN if there are none. */
export function percentile(sorted: ArrayLike<number>, hundredths: number): number {
  return sorted[Math.max(0, Math.ceil((sorted.length * hundredths) / 100) - 1)] ?? Number.NaN;
}
