// Measurements that are set against each other on a machine that has other things to do. They take turns, so that what
// slows the machine slows all of them; only ratios within one run say much.
import { median } from "./median.ts";

export interface Measurement<T> {
  readonly name: string;
  /** Measures once, and warms up before that where it matters. */
  readonly take: () => Promise<T>;
}

export interface Readings<T> {
  /** The median of the rounds. */
  median(name: string, pick: (reading: T) => number): number;
  /** The median of the rounds' own ratios: those who share a round had the same machine. */
  ratio(name: string, against: string, pick: (reading: T) => number): number;
}

export interface Rounds {
  readonly rounds: number;
  readonly progress?: (line: string) => void;
}

export async function inRounds<T>(
  measurements: readonly Measurement<T>[],
  { rounds, progress = () => {} }: Rounds,
): Promise<Readings<T>> {
  const taken = new Map<string, T[]>(measurements.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, take } of rotated(measurements, round)) taken.get(name)?.push(await take());
    progress(`round ${round + 1} of ${rounds}`);
  }
  const of = (name: string, pick: (reading: T) => number): number[] => {
    const readings = taken.get(name);
    if (!readings) throw new RangeError(`Nobody called ${name} took part.`);
    return readings.map(pick);
  };
  return {
    median: (name, pick) => median(of(name, pick)),
    ratio: (name, against, pick) => {
      const others = of(against, pick);
      return median(of(name, pick).map((value, round) => value / (others[round] ?? Number.NaN)));
    },
  };
}

/** Whoever went first goes last in the next round: none is always the one that comes after another. */
function rotated<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}
