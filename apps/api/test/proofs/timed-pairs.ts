// Measures two calls in pairs, in random order, so that a slow machine slows both calls; and applies sign tests to the
// differences.
import { seededChance } from "../simulation/seeded-random.ts";

export interface Timed {
  /** For each pair, the time of the first call minus the time of the second, in milliseconds. */
  readonly differences: readonly number[];
  readonly medianMs: number;
}

/**
 * Times both calls, once in each pair.
 * @param before runs before each call and is not timed
 */
export async function timeInPairs(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
  { pairs = 200, before }: { pairs?: number; before?: () => Promise<unknown> } = {},
): Promise<Timed> {
  const chance = seededChance(20_261_122);
  const differences: number[] = [];
  const all: number[] = [];
  const timed = async (what: () => Promise<unknown>) => {
    await before?.();
    const start = performance.now();
    await what();
    const ms = performance.now() - start;
    all.push(ms);
    return ms;
  };
  for (let pair = 0; pair < pairs; pair += 1) {
    if (chance.happens(0.5)) {
      const first = await timed(one);
      differences.push(first - (await timed(other)));
    } else {
      const first = await timed(other);
      differences.push((await timed(one)) - first);
    }
  }
  return { differences, medianMs: median(all) };
}

/**
 * Whether the difference is visible: a sign test rejects equal times with p < 0.0001, and the median difference is large enough
 * to be measured across a network.
 */
export function isSeen({ differences, medianMs }: Timed): boolean {
  const leaning = differences.filter((ms) => ms > 0).length;
  // The normal approximation of the binomial distribution. A z of 3.89 is p = 0.0001, two-sided.
  const z = Math.abs(leaning - differences.length / 2) / (Math.sqrt(differences.length) / 2);
  const gapMs = Math.abs(median(differences));
  return z > 3.89 && gapMs > 0.3 && gapMs > 0.15 * medianMs;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export const describeTiming = ({ differences, medianMs }: Timed): string =>
  `${median(differences).toFixed(2)} ms of ${medianMs.toFixed(2)} ms, ${differences.filter((ms) => ms > 0).length} of ${differences.length}`;

/** Returns p of a two-sided sign test: the probability of such a majority if both calls take equally long. */
export function signTest({ differences }: Timed): number {
  const positive = differences.filter((ms) => ms > 0).length;
  const pairs = differences.filter((ms) => ms !== 0).length;
  if (pairs === 0) return 1;
  // The exact tail of the binomial distribution, twice. Logarithms avoid an underflow.
  let chance = 0;
  let logOfOne = -pairs * Math.LN2;
  const tail = Math.min(positive, pairs - positive);
  for (let many = 0; many <= tail; many += 1) {
    chance += Math.exp(logOfOne);
    logOfOne += Math.log(pairs - many) - Math.log(many + 1);
  }
  return Math.min(1, 2 * chance);
}
