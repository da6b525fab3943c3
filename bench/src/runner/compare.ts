// Ways of doing the same work, measured against each other burst by burst.
import { inRounds } from "./in-rounds.ts";

export interface Contender {
  readonly name: string;
  /** Makes ready for so many, off the clock. @returns the work to be timed */
  prepare(many: number): Promise<() => Promise<unknown>>;
}

export interface ComparisonOptions {
  readonly rounds: number;
  /** How many times each does the work in a round. */
  readonly many: number;
  /** And before that, off the clock. */
  readonly warmUp: number;
  readonly progress?: (line: string) => void;
}

export interface Rates {
  /** Times a second, the median of the rounds. */
  rate(name: string): number;
  /** The median of the rounds' own ratios. */
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
