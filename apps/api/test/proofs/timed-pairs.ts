// Calls in pairs, one after the other and in an order that chance decides, so that whatever slows the machine slows both; and
// sign tests on their differences.
import { seededChance } from "../simulation/seeded-random.ts";

export interface Timed {
  /** Of the first less the second of each pair, in milliseconds. */
  readonly differences: readonly number[];
  readonly medianMs: number;
}

/**
 * Times the one and the other, so many times in turn.
 * @param before is done before each call, and is not timed
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
 * Whether a median can see it: more of the pairs lean one way than chance would have in ten thousand tries (a sign test),
 * and by as much as somebody across a network might tell.
 */
export function isSeen({ differences, medianMs }: Timed): boolean {
  const leaning = differences.filter((ms) => ms > 0).length;
  // Of n even chances, normally distributed; z of 3.89 has p = 0.0001 in both directions together.
  const z = Math.abs(leaning - differences.length / 2) / (Math.sqrt(differences.length) / 2);
  const gapMs = Math.abs(median(differences));
  return z > 3.89 && gapMs > 0.3 && gapMs > 0.15 * medianMs;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export const told = ({ differences, medianMs }: Timed): string =>
  `${median(differences).toFixed(2)} ms of ${medianMs.toFixed(2)} ms, ${differences.filter((ms) => ms > 0).length} of ${differences.length}`;

/** The chance that pairs lean at least so far to one side when both calls are alike: a two-sided sign test. */
export function signTest({ differences }: Timed): number {
  const positive = differences.filter((ms) => ms > 0).length;
  const pairs = differences.filter((ms) => ms !== 0).length;
  if (pairs === 0) return 1;
  // Exactly, as logarithms: the tail of the binomial distribution, twice.
  let chance = 0;
  let logOfOne = -pairs * Math.LN2;
  const tail = Math.min(positive, pairs - positive);
  for (let many = 0; many <= tail; many += 1) {
    chance += Math.exp(logOfOne);
    logOfOne += Math.log(pairs - many) - Math.log(many + 1);
  }
  return Math.min(1, 2 * chance);
}
