// Polls `/livez` and `/readyz` as a load balancer does, and records the duration and the status of each response.
import { setTimeout as delay } from "node:timers/promises";

export interface HealthReport {
  readonly slowestLivezMs: number;
  /** The number of /livez probes with a status other than 200 or without a response. */
  readonly failedLivez: number;
  readonly slowestReadyzMs: number;
  /** The number of /readyz probes with status 200 that began and ended between the two times. */
  readyBetween(from: number, to: number): number;
}

interface Probe {
  readonly at: number;
  readonly ms: number;
  readonly status: number;
}

const INTERVAL_MS = 200;
const MAX_MS = 20_000;

export function watchHealth(url: string): { stop(): Promise<HealthReport> } {
  const stopping = new AbortController();
  const watch = async (path: string): Promise<Probe[]> => {
    const probes: Probe[] = [];
    while (!stopping.signal.aborted) {
      const at = performance.now();
      const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(MAX_MS) }).catch(() => null);
      await answer?.arrayBuffer();
      probes.push({ at, ms: performance.now() - at, status: answer?.status ?? 0 });
      await delay(INTERVAL_MS);
    }
    return probes;
  };
  const watched = Promise.all([watch("/livez"), watch("/readyz")]);
  return {
    stop: async () => {
      stopping.abort();
      const [livez, readyz] = await watched;
      return {
        slowestLivezMs: slowest(livez),
        failedLivez: livez.filter(({ status }) => status !== 200).length,
        slowestReadyzMs: slowest(readyz),
        readyBetween: (from, to) =>
          readyz.filter(({ at, ms, status }) => status === 200 && at >= from && at + ms <= to).length,
      };
    },
  };
}

const slowest = (probes: readonly Probe[]): number => Math.max(0, ...probes.map(({ ms }) => ms));
