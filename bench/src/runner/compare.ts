// Ways of doing the same work, measured against each other on a machine that has other things to do. They take turns,
// burst by burst, so that what slows the machine slows all of them; only ratios within one run say much.
import { median } from "./median.ts";

export interface Contender {
  readonly name: string;
  /** Makes ready for so many, off the clock. @returns the work to be timed */
  prepare(many: number): Promise<() => Promise<unknown>>;
}

export interface Bout {
  readonly rounds: number;
  /** How many times each does the work in a round. */
  readonly many: number;
  /** And before that, off the clock. */
  readonly warmUp: number;
  readonly say?: (line: string) => void;
}

export interface Rates {
  /** Times a second, the median of the rounds. */
  rate(name: string): number;
  /** The median of the rounds' own ratios: those who share a round had the same machine. */
  ratio(name: string, against: string): number;
}

export async function compare(
  contenders: readonly Contender[],
  { rounds, many, warmUp, say = () => {} }: Bout,
  now: () => number = () => performance.now(),
): Promise<Rates> {
  const measured = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of inTurn(contenders, round)) {
      const warming = await contender.prepare(warmUp);
      await warming();
      const work = await contender.prepare(many);
      const startedAt = now();
      await work();
      measured.get(contender.name)?.push((many * 1000) / (now() - startedAt));
    }
    say(`round ${round + 1} of ${rounds}`);
  }
  return ratesOf(measured);
}

/** Whoever went first goes last in the next round: none is always the one that comes after another. */
function inTurn<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

function ratesOf(measured: ReadonlyMap<string, readonly number[]>): Rates {
  const of = (name: string): readonly number[] => {
    const rates = measured.get(name);
    if (!rates) throw new RangeError(`Nobody called ${name} took part.`);
    return rates;
  };
  return {
    rate: (name) => median(of(name)),
    ratio: (name, against) => {
      const others = of(against);
      return median(of(name).map((rate, round) => rate / (others[round] ?? Number.NaN)));
    },
  };
}
