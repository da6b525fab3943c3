// Measures one operation on several contenders in alternating bursts, each after a warm-up. The warm-up is at least as long as the
// burst, because some contenders reach only half their speed when cold.
import type { RunningContender } from "../contenders/start-contender.ts";
import type { HttpRequest, Load } from "../load/load-client.ts";
import { inRounds } from "../runner/in-rounds.ts";

export interface LoadedContender extends RunningContender {
  readonly load: Load;
}

export interface BurstOptions {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly burstMs: number;
  readonly concurrency: number;
}

interface Burst {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server's process per request. */
  readonly cpuMs: number;
}

export interface Comparison {
  /** The names of the compared contenders, in their order. */
  readonly names: readonly string[];
  readonly concurrency: number;
  /** The median of the rounds. */
  readonly of: (name: string, what: keyof Burst) => number;
  /** The median of the ratios of the rates within each round. */
  readonly ratio: (name: string, against: string) => number;
}

export async function compareContenders(
  contenders: readonly LoadedContender[],
  requestsOf: (contender: LoadedContender) => () => HttpRequest,
  { rounds, warmUpMs, burstMs, concurrency }: BurstOptions,
): Promise<Comparison> {
  const take = async (contender: LoadedContender): Promise<Burst> => {
    const requests = requestsOf(contender);
    await contender.load.burst(requests, { ms: warmUpMs, concurrency });
    const before = contender.server.cpuMs();
    const { done, ...burst } = await contender.load.burst(requests, { ms: burstMs, concurrency });
    return { ...burst, cpuMs: (contender.server.cpuMs() - before) / done };
  };
  const measured = await inRounds(
    contenders.map((contender) => ({ name: contender.contender.name, take: () => take(contender) })),
    { rounds },
  );
  return {
    names: contenders.map(({ contender }) => contender.name),
    concurrency,
    of: (name, what) => measured.median(name, (burst) => burst[what]),
    ratio: (name, against) => measured.ratio(name, against, ({ perSecond }) => perSecond),
  };
}
