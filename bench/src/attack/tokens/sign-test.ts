/** The differences of pairs: the first value minus the second. */
export type Differences = readonly number[];

/**
 * Returns the p-value of a two-sided sign test, by the normal approximation with continuity correction: the probability of
 * an imbalance at least this large if both sides are equal. Pairs without a difference are ignored.
 */
export function signTest(differences: Differences): number {
  const positive = differences.filter((value) => value > 0).length;
  const negative = differences.filter((value) => value < 0).length;
  const pairs = positive + negative;
  if (pairs === 0) return 1;
  const distance = Math.max(0, Math.abs(positive - negative) - 1);
  return twoSided(distance / Math.sqrt(pairs));
}

/** Returns the probability of both tails of the standard normal distribution beyond z (Abramowitz and Stegun, 7.1.26). */
function twoSided(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.327_591_1 * x);
  const terms = [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429];
  const polynomial = terms.reduceRight((sum, term) => (sum + term) * t, 0);
  return Math.min(1, polynomial * Math.exp(-x * x));
}
