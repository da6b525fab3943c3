// Runs several measurements in alternating rounds, so that a temporary slowdown of the machine affects all of them. Ratios within
// one run are comparable; absolute values of different runs are not.
import { median } from "./median.ts";

export interface Measurement<T> {
  readonly name: string;
  /** Measures once, after a warm-up where it is necessary. */
  readonly take: () => Promise<T>;
}

export interface Readings<T> {
  /** The median of the rounds. */
  median(name: string, pick: (reading: T) => number): number;
  /** The lowest value of the rounds. Other programs on the machine can make a duration longer, and not shorter. */
  lowest(name: string, pick: (reading: T) => number): number;
  /** The median of the ratios within each round, because the machine was in the same state during a round. */
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
    if (!readings) throw new RangeError(`There is no measurement called ${name}.`);
    return readings.map(pick);
  };
  return {
    median: (name, pick) => median(of(name, pick)),
    lowest: (name, pick) => Math.min(...of(name, pick)),
    ratio: (name, against, pick) => {
      const others = of(against, pick);
      return median(of(name, pick).map((value, round) => value / (others[round] ?? Number.NaN)));
    },
  };
}

/** Starts each round with the next element, so that no measurement always follows the same other one. */
function rotated<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}
