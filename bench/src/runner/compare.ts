// Compares implementations of the same work in alternating bursts.
import { inRounds } from "./in-rounds.ts";

export interface Contender {
  readonly name: string;
  /** Prepares `many` repetitions, which is not timed. @returns the work to time */
  prepare(many: number): Promise<() => Promise<unknown>>;
}

export interface ComparisonOptions {
  readonly rounds: number;
  /** The number of repetitions of each contender in a round. */
  readonly many: number;
  /** The number of repetitions before that, which are not timed. */
  readonly warmUp: number;
  readonly progress?: (line: string) => void;
}

export interface Rates {
  /** Repetitions per second, the median of the rounds. */
  rate(name: string): number;
  /** The median of the ratios within each round. */
  ratio(name: string, against: string): number;
}

export async function compare(
  contenders: readonly Contender[],
  { many, warmUp, ...rounds }: ComparisonOptions,
  now: () => number = () => performance.now(),
): Promise<Rates> {
  const measured = await inRounds(
    contenders.map((contender) => ({
      name: contender.name,
      take: async () => {
        const warming = await contender.prepare(warmUp);
        await warming();
        const work = await contender.prepare(many);
        const startedAt = now();
        await work();
        return (many * 1000) / (now() - startedAt);
      },
    })),
    rounds,
  );
  return {
    rate: (name) => measured.median(name, perSecond),
    ratio: (name, against) => measured.ratio(name, against, perSecond),
  };
}

const perSecond = (rate: number): number => rate;
