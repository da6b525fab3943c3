// Callers that do not stop at a refusal. Each waits for its answer before it asks again; a refused caller waits for as long
// as it is configured to, since a caller that ignores Retry-After only measures how fast it can be refused.
import { setTimeout as delay } from "node:timers/promises";
import { openConnection, type Connection } from "../../load/connection.ts";
import { wireText, type HttpRequest } from "../../load/http-request.ts";
import { percentile } from "../../load/percentile.ts";

export interface Callers {
  /** Lets the first `many` callers send requests for so long, and counts the answers that arrived in that time. */
  run(request: () => HttpRequest, options: RunCallersOptions): Promise<Tally>;
  close(): void;
}

export interface RunCallersOptions {
  readonly many: number;
  readonly ms: number;
  /** How long a refused caller pauses. */
  readonly pauseMs?: number;
}

export interface Tally {
  readonly servedPerSecond: number;
  readonly served: number;
  /** Answered 503. */
  readonly refused: number;
  /** Neither 200 nor 503, or no answer at all. */
  readonly other: number;
  readonly servedP50Ms: number;
  readonly servedP99Ms: number;
  readonly refusedP50Ms: number;
  readonly slowestMs: number;
}

export function openCallers({ url, connections }: { url: string; connections: number }): Callers {
  const { hostname, port, host } = new URL(url);
  const open = Array.from({ length: connections }, () =>
    openConnection({ host: hostname, port: Number(port) }),
  );
  return {
    run: async (request, { many, ms, pauseMs = 100 }) => {
      if (many > connections) throw new RangeError(`There are ${connections} connections.`);
      const served: number[] = [];
      const refused: number[] = [];
      let other = 0;
      const startedAt = performance.now();
      const until = startedAt + ms;
      const caller = async (connection: Connection) => {
        while (performance.now() < until) {
          const at = performance.now();
          const status = await connection.ask(wireText(request(), host)).then(
            (answer) => answer.status,
            () => 0,
          );
          const tookMs = performance.now() - at;
          if (status === 503) refused.push(tookMs);
          else if (status === 200) served.push(tookMs);
          else other += 1;
          if (status !== 200) await delay(pauseMs);
        }
      };
      await Promise.all(open.slice(0, many).map(caller));
      return tallyOf({ served, refused, other }, (performance.now() - startedAt) / 1000);
    },
    close: () => {
      for (const connection of open) connection.close();
    },
  };
}

interface Measured {
  readonly served: readonly number[];
  readonly refused: readonly number[];
  readonly other: number;
}

function tallyOf({ served, refused, other }: Measured, seconds: number): Tally {
  const sorted = Float64Array.from(served).toSorted();
  const sortedRefused = Float64Array.from(refused).toSorted();
  return {
    servedPerSecond: served.length / seconds,
    served: served.length,
    refused: refused.length,
    other,
    servedP50Ms: served.length === 0 ? Number.NaN : percentile(sorted, 50),
    servedP99Ms: served.length === 0 ? Number.NaN : percentile(sorted, 99),
    refusedP50Ms: refused.length === 0 ? Number.NaN : percentile(sortedRefused, 50),
    slowestMs: Math.max(0, sorted.at(-1) ?? 0, sortedRefused.at(-1) ?? 0),
  };
}
