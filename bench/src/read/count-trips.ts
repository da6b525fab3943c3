// Counts the round trips to the database per request, and measures the response time with a slower network to the database.
import { setTimeout as delay } from "node:timers/promises";
import type { ContenderName } from "../contenders/contenders.ts";
import { openLoad, type HttpRequest, type Load } from "../load/load-client.ts";
import { startTripProxy, type TripProxy } from "../load/trip-proxy.ts";
import type { Testbed } from "../testbed/testbed.ts";
import { requestsFor, type Operation } from "./requests-for.ts";

export interface Trips {
  readonly operation: Operation;
  readonly trips: number;
  /** With one caller, and one millisecond added to each round trip. */
  readonly p50Ms: number;
}

export interface Counting {
  readonly operations: readonly Operation[];
  /** The duration of the warm-up and of the measurement of each operation. */
  readonly ms: number;
}

export async function countTrips(
  testbed: Testbed,
  name: ContenderName,
  { operations, ms }: Counting,
): Promise<Trips[]> {
  const proxy = await startTripProxy({ to: testbed.database.target, delayMs: 1 });
  try {
    const running = await testbed.start(name, { databaseAddress: proxy });
    const load = openLoad({ url: running.server.url, connections: 1 });
    const counted: Trips[] = [];
    for (const operation of operations) {
      const requests = requestsFor(operation, testbed.data.targets)({ ...running, load });
      await load.burst(requests, { ms, concurrency: 1 });
      const { p50Ms } = await load.burst(requests, { ms, concurrency: 1 });
      counted.push({ operation, p50Ms, trips: await tripsOfOne(requests, load, proxy) });
    }
    await load.close();
    await running.server.stop();
    return counted;
  } finally {
    await proxy.close();
  }
}

const COUNTED = 15;
const SILENCE_MS = 20;

/**
 * Returns the lowest count of several single requests. An awaited round trip ends before the response, so every count includes it.
 * Other traffic, such as a COMMIT sent together with the response or a background job, is not in every count.
 */
async function tripsOfOne(requests: () => HttpRequest, load: Load, proxy: TripProxy): Promise<number> {
  const counts: number[] = [];
  for (let request = 0; request < COUNTED; request += 1) {
    await delay(SILENCE_MS);
    const before = proxy.trips();
    await load.burst(requests, { count: 1, concurrency: 1 });
    counts.push(proxy.trips() - before);
  }
  return Math.min(...counts);
}
