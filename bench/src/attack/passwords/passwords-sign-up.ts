// The delay of other callers during sign-ups with the longest allowed password, alone and ten in one batch. Each character of
// the password becomes 18 when it is normalized, and the address consists of many words to compare the password with.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { readBlocks, loopWatchImport, type Block } from "@projostack/api/loop-watch";
import { openLoad, type Burst, type HttpRequest, type Load } from "../../load/load-client.ts";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import { withTemporaryDirectory } from "../../runner/temporary-directory.ts";
import { median } from "../../runner/median.ts";
import { roundRobin } from "../../runner/round-robin.ts";
import { mutationOf, queryOf } from "../../testbed/product-calls.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";

export const passwordsSignUp = (testbed: SharedTestbed): Subject => ({
  name: "long-passwords",
  title: "sign-ups with the longest passwords, alone and ten in a batch, beside reads",
  measure: async (options) => {
    const opened = await testbed.open(options);
    return withTemporaryDirectory((directory) => measure(options, opened, join(directory, "blocks")));
  },
});

const READERS = 4;
const REST_MS = 300;
/** The first rounds run code that V8 has not optimized yet. */
const ROUNDS = 7;

async function measure({ quick, progress }: RunOptions, testbed: Testbed, file: string): Promise<Figure[]> {
  const environment = { PROJO_LIMITS: "1000", NODE_OPTIONS: `--import=${loopWatchImport(file)}` };
  const { server } = await testbed.start("projo", { environment });
  const readers = openLoad({ url: server.url, connections: READERS });
  const attacker = openLoad({ url: server.url, connections: 1 });
  try {
    const nextTarget = roundRobin(testbed.data.targets);
    const read = () =>
      Math.random() < 0.5 ? queryOf(nextTarget(), "auth.me", {}) : queryOf(nextTarget(), "system.health", {});
    const reading = (ms: number) => readers.burst(read, { ms, concurrency: READERS });
    await reading(quick ? 1_000 : 2_000);
    const idle = await reading(quick ? 500 : 2_000);
    // A request that blocks the event loop does so in each round, but a shared processor is slower in some: hence the median.
    const attack = async (request: () => HttpRequest): Promise<Measured> => {
      const measured: Measured[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const from = Date.now();
        const reads = await besideReads(attacker, { request, reading });
        measured.push({ reads, ...longestOf(readBlocks(file).filter(({ endedAt }) => endedAt >= from)) });
      }
      return {
        // The worst burst, because each burst is short.
        reads: measured.map(({ reads }) => reads).reduce((a, b) => (a.p99Ms > b.p99Ms ? a : b)),
        cpuMs: median(measured.map(({ cpuMs }) => cpuMs)),
        wallMs: median(measured.map(({ wallMs }) => wallMs)),
      };
    };
    progress("single sign-ups");
    const alone = await attack(() => mutationOf(null, "auth.signUp", credentials(), acceptAny));
    progress("batches of ten sign-ups");
    const batched = await attack(batchOfTen);
    return [
      { name: "reads without an attack, p99", value: idle.p99Ms, unit: "ms" },
      ...figuresOf("one sign-up", alone),
      ...figuresOf("a batch of ten", batched),
    ];
  } finally {
    await Promise.all([readers.close(), attacker.close()]);
    await server.stop();
  }
}

interface Measured extends Pick<Block, "cpuMs" | "wallMs"> {
  readonly reads: Burst;
}

const figuresOf = (group: string, { reads, cpuMs, wallMs }: Measured): Figure[] => [
  {
    group,
    name: "longest block of the event loop, median of the rounds",
    value: cpuMs,
    unit: "ms",
    goal: { atMost: 50 },
  },
  { group, name: "longest block in wall time, median of the rounds", value: wallMs, unit: "ms" },
  { group, name: "concurrent reads, p99 of the worst burst", value: reads.p99Ms, unit: "ms" },
];

interface Beside {
  readonly request: () => HttpRequest;
  readonly reading: (ms: number) => Promise<Burst>;
}

/** Sends the request beside reads that continue until it is answered. Returns the worst burst of reads. */
async function besideReads(attacker: Load, { request, reading }: Beside): Promise<Burst> {
  const state = { isOver: false };
  const sending = attacker.burst(request, { count: 1, concurrency: 1 }).finally(() => {
    state.isOver = true;
  });
  const bursts: Burst[] = [];
  do bursts.push(await reading(REST_MS));
  while (!state.isOver);
  await sending;
  return bursts.reduce((a, b) => (a.p99Ms > b.p99Ms ? a : b));
}

const longestOf = (blocks: readonly Block[]) => ({
  cpuMs: Math.max(0, ...blocks.map(({ cpuMs }) => cpuMs)),
  wallMs: Math.max(0, ...blocks.map(({ wallMs }) => wallMs)),
});

const credentials = () => ({
  email: `${randomUUID()}@${"abc.".repeat(53)}org`.slice(0, 254),
  // One character that becomes 18 in Unicode's normalization form NFKD.
  password: "\ufdfa".repeat(256),
});

const acceptAny = (status: number) => status < 600;

function batchOfTen(): HttpRequest {
  const calls = Array.from({ length: 10 }, credentials);
  const path = calls.map(() => "auth.signUp").join(",");
  return mutationOf(null, `${path}?batch=1`, Object.fromEntries(calls.entries()), acceptAny);
}
