// The effect of continuous sign-ins on readers. Hashing a password takes tens of milliseconds of a core, and the server limits
// the number of concurrent hashes. The rate limits are raised, because they would end the flood.
import { setTimeout as delay } from "node:timers/promises";
import { openLoad, type Burst } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import { inRounds } from "../runner/in-rounds.ts";
import type { RunOptions, Subject } from "../runner/run-bench.ts";
import { roundRobin } from "../runner/round-robin.ts";
import { mutationOf, queryOf } from "../testbed/product-calls.ts";
import type { SharedTestbed } from "../testbed/shared-testbed.ts";
import { signUp } from "../testbed/sign-up.ts";
import type { Testbed } from "../testbed/testbed.ts";

export const flood = (testbed: SharedTestbed): Subject => ({
  name: "flood",
  title: "reads while 16 clients sign in without pause, relative to reads alone",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const CLIENTS = 16;
const READERS = 4;
const HEAD_START_MS = 300;

interface Reading {
  readonly reads: Burst;
  readonly signInsPerSecond: number;
}

async function measure({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const { server } = await testbed.start("projo", { environment: { PROJO_LIMITS: "1000" } });
  const readers = openLoad({ url: server.url, connections: READERS });
  const signers = openLoad({ url: server.url, connections: CLIENTS });
  try {
    const nextTarget = roundRobin(testbed.data.targets);
    const nextAccount = roundRobin(await signUp(signers, { prefix: "flood", many: CLIENTS }));
    const read = () => {
      const target = nextTarget();
      return queryOf(target, "tasks.get", { id: target.taskId });
    };
    const ms = quick ? 1_000 : 2_000;
    const reads = (forMs = ms) => readers.burst(read, { ms: forMs, concurrency: READERS });
    const signIn = () => {
      const { email, password } = nextAccount();
      return mutationOf(null, "auth.signIn", { email, password });
    };
    const idle = async (): Promise<Reading> => ({ reads: await reads(), signInsPerSecond: 0 });
    const flooded = async (): Promise<Reading> => {
      // The flood starts before the first timed read, and ends after the last.
      const flowing = signers.burst(signIn, { ms: ms + 2 * HEAD_START_MS, concurrency: CLIENTS });
      const [signIns, during] = await Promise.all([flowing, delay(HEAD_START_MS).then(() => reads())]);
      return { reads: during, signInsPerSecond: signIns.perSecond };
    };
    await reads(quick ? 1_000 : 3_000);
    const readings = await inRounds(
      [
        { name: "idle", take: idle },
        { name: "flood", take: flooded },
      ],
      { rounds: quick ? 2 : 5, progress },
    );
    const p99 = (reading: Reading) => reading.reads.p99Ms;
    const p50 = (reading: Reading) => reading.reads.p50Ms;
    return [
      { name: "reads alone, p50", value: readings.median("idle", p50), unit: "ms" },
      { name: "reads alone, p99", value: readings.median("idle", p99), unit: "ms" },
      { name: "reads during the flood, p50", value: readings.median("flood", p50), unit: "ms" },
      { name: "reads during the flood, p99", value: readings.median("flood", p99), unit: "ms" },
      {
        name: "p99 during the flood, relative to alone",
        value: readings.ratio("flood", "idle", p99),
        unit: "x",
        goal: { atMost: 2 },
      },
      {
        name: "sign-ins during the reads",
        value: readings.median("flood", ({ signInsPerSecond }) => signInsPerSecond),
        unit: "1/s",
      },
    ];
  } finally {
    await Promise.all([readers.close(), signers.close()]);
    await server.stop();
  }
}
