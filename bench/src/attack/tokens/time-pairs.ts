import type { Connection } from "../../load/connection.ts";
import { wireText, type HttpRequest } from "../../load/http-request.ts";
import type { Differences } from "./sign-test.ts";

export interface TimedPairs {
  readonly many: number;
  readonly connection: Connection;
  readonly host: string;
}

/** Sends pairs of requests, in random order within each pair. @returns the time of the first minus the second, in ms */
export async function timePairs(
  [one, other]: readonly [HttpRequest, HttpRequest],
  { many, connection, host }: TimedPairs,
): Promise<Differences> {
  const timed = async (request: HttpRequest): Promise<number> => {
    const startedAt = performance.now();
    await connection.send(wireText(request, host));
    return performance.now() - startedAt;
  };
  const differences: number[] = [];
  for (let pair = 0; pair < many; pair += 1) {
    if (Math.random() < 0.5) {
      const first = await timed(one);
      differences.push(first - (await timed(other)));
    } else {
      const second = await timed(other);
      differences.push((await timed(one)) - second);
    }
  }
  return differences;
}
