import type { Clock } from "../src/clock.ts";
import { connect, type Client } from "../src/client.ts";
import { checkOptions, type ClientOptions } from "../src/options.ts";

/** Creates a client with a fixed random number whose waits are recorded and take no time. */
export function createInstantClient(options: ClientOptions, random = 0): { client: Client; waits: number[] } {
  const waits: number[] = [];
  const clock: Clock = {
    now: () => Date.now(),
    random: () => random,
    newId: () => crypto.randomUUID(),
    sleep: async (ms) => void waits.push(ms),
  };
  return { client: connect(checkOptions(options), clock), waits };
}
