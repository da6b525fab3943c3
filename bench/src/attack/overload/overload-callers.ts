// Callers that continue after a refusal. Each waits for its response before it sends the next request. A refused caller
// pauses for a configured time, because a caller without a pause only measures the rate of refusals.
import { setTimeout as delay } from "node:timers/promises";
import { openConnection, type Connection } from "../../load/connection.ts";
import { wireText, type HttpRequest } from "../../load/http-request.ts";
import { percentile } from "../../load/percentile.ts";

export interface Callers {
  /** Sends requests with the first `many` callers for `ms`, and counts the responses that arrive in that time. */
  run(request: () => HttpRequest, options: RunCallersOptions): Promise<Tally>;
  close(): void;
}

export interface RunCallersOptions {
  readonly many: number;
  readonly ms: number;
  /** The pause of a refused caller. Default: 100. */
  readonly pauseMs?: number;
}

export interface Tally {
  readonly servedPerSecond: number;
  readonly served: number;
  /** Responses with status 503. */
  readonly refused: number;
  /** Responses with another status than 200 and 503, and calls without a response. */
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
          const status = await connection.send(wireText(request(), host)).then(
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
