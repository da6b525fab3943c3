/** The smallest of the values that so many hundredths of them do not exceed (nearest rank); NaN of none. */
export function percentile(sorted: ArrayLike<number>, hundredths: number): number {
  return sorted[Math.max(0, Math.ceil((sorted.length * hundredths) / 100) - 1)] ?? Number.NaN;
}
