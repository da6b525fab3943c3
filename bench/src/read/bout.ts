// One operation, asked of several contenders burst by burst, each warmed up before it. A heavy one that is cold reads half
// its speed, so the warm-up is at least as long as the burst.
import type { Running } from "../contenders/start-contender.ts";
import type { HttpRequest, Load } from "../load/load-client.ts";
import { inRounds } from "../runner/in-rounds.ts";

export interface Entrant extends Running {
  readonly load: Load;
}

export interface Length {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly burstMs: number;
  readonly concurrency: number;
}

interface Burst {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server's process a request. */
  readonly cpuMs: number;
}

export interface Outcome {
  /** Whoever took part, in their order. */
  readonly names: readonly string[];
  readonly concurrency: number;
  /** The median of the rounds. */
  readonly of: (name: string, what: keyof Burst) => number;
  /** The median of the rounds' own ratios of the rate. */
  readonly ratio: (name: string, against: string) => number;
}

export async function bout(
  entrants: readonly Entrant[],
  asking: (entrant: Entrant) => () => HttpRequest,
  { rounds, warmUpMs, burstMs, concurrency }: Length,
): Promise<Outcome> {
  const take = async (entrant: Entrant): Promise<Burst> => {
    const requests = asking(entrant);
    await entrant.load.burst(requests, { ms: warmUpMs, concurrency });
    const before = entrant.server.cpuMs();
    const { done, ...burst } = await entrant.load.burst(requests, { ms: burstMs, concurrency });
    return { ...burst, cpuMs: (entrant.server.cpuMs() - before) / done };
  };
  const measured = await inRounds(
    entrants.map((entrant) => ({ name: entrant.contender.name, take: () => take(entrant) })),
    { rounds },
  );
  return {
    names: entrants.map(({ contender }) => contender.name),
    concurrency,
    of: (name, what) => measured.median(name, (burst) => burst[what]),
    ratio: (name, against) => measured.ratio(name, against, ({ perSecond }) => perSecond),
  };
}
