// A closed-loop load generator: each caller waits for its response before it sends the next request. Measures the response times.
import { openConnection, type Connection } from "./connection.ts";
import type { Answer } from "./http-answer.ts";
import { wireText, type HttpRequest } from "./http-request.ts";
import { percentile } from "./percentile.ts";

export type { HttpRequest } from "./http-request.ts";

export interface Load {
  /**
   * Sends requests until `count` are answered or `ms` have passed. At least one of the two is required. @throws Error at the first
   * unexpected response
   */
  burst(requests: () => HttpRequest, bounds: Bounds): Promise<Burst>;
  close(): Promise<void>;
}

export interface Bounds {
  readonly count?: number;
  readonly ms?: number;
  /** The number of callers. Each has its own connection. */
  readonly concurrency: number;
}

export interface Burst {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The number of responses. */
  readonly done: number;
}

export function openLoad({ url, connections }: { url: string; connections: number }): Load {
  const { hostname, port, host } = new URL(url);
  const address = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port === "" ? 80 : port) };
  const open = Array.from({ length: connections }, () => openConnection(address));
  return {
    burst: async (requests, { count, ms, concurrency }) => {
      if (count === undefined && ms === undefined)
        throw new RangeError("A burst needs a count or a duration.");
      if (concurrency > connections) throw new RangeError(`There are ${connections} connections.`);
      const took: number[] = [];
      let left = count ?? Number.POSITIVE_INFINITY;
      const startedAt = performance.now();
      const until = ms === undefined ? Number.POSITIVE_INFINITY : startedAt + ms;
      const caller = async (connection: Connection) => {
        for (let at = performance.now(); left > 0 && at < until;) {
          left -= 1;
          const request = requests();
          check(request, await connection.send(wireText(request, host)));
          const answeredAt = performance.now();
          took.push(answeredAt - at);
          at = answeredAt;
        }
      };
      try {
        await Promise.all(open.slice(0, concurrency).map(caller));
      } finally {
        left = 0; // If one caller fails, the others stop after their current response.
      }
      const seconds = (performance.now() - startedAt) / 1000;
      const sorted = Float64Array.from(took).toSorted();
      return {
        perSecond: took.length / seconds,
        p50Ms: percentile(sorted, 50),
        p99Ms: percentile(sorted, 99),
        done: took.length,
      };
    },
    close: () => {
      for (const connection of open) connection.close();
      return Promise.resolve();
    },
  };
}

function check({ method, path, expect }: HttpRequest, { status, body }: Answer): void {
  if (expect ? expect(status, body.toString()) : status === 200) return;
  throw new Error(`${method} ${path} was answered ${status}: ${body.toString().slice(0, 200)}`);
}
