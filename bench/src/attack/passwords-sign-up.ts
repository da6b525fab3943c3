// What others notice while somebody signs up with the longest password that is allowed: once, and ten times in one batch.
// Its characters become eighteen each when they are normalized, and the address makes many words that it is compared with.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { readBlocks, loopWatchImport, type Block } from "@projostack/api/loop-watch";
import { openLoad, type Burst, type HttpRequest, type Load } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import type { How, Subject } from "../runner/run-bench.ts";
import { withTemporaryDirectory } from "../runner/temporary-directory.ts";
import { eachInTurn } from "../stage/each-in-turn.ts";
import { mutationOf, queryOf } from "../stage/product-calls.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import type { Stage } from "../stage/stage.ts";

export const passwordsSignUp = (stage: SharedStage): Subject => ({
  name: "long-passwords",
  title: "sign-ups with the longest passwords, alone and ten in a batch, while others read",
  measure: async (how) => {
    const opened = await stage.open(how);
    return withTemporaryDirectory((directory) => measure(how, opened, join(directory, "blocks")));
  },
});

const READERS = 4;
const REST_MS = 300;

async function measure({ quick, say }: How, stage: Stage, file: string): Promise<Figure[]> {
  const environment = { PROJO_LIMITS: "1000", NODE_OPTIONS: `--import=${loopWatchImport(file)}` };
  const { server } = await stage.start("projo", { environment });
  const readers = openLoad({ url: server.url, connections: READERS });
  const attacker = openLoad({ url: server.url, connections: 1 });
  try {
    const nextTarget = eachInTurn(stage.data.targets);
    const read = () =>
      Math.random() < 0.5 ? queryOf(nextTarget(), "auth.me", {}) : queryOf(nextTarget(), "system.health", {});
    const reading = (ms: number) => readers.burst(read, { ms, concurrency: READERS });
    await reading(quick ? 1_000 : 2_000);
    const idle = await reading(quick ? 500 : 2_000);
    const rounds = quick ? 2 : 6;
    const attack = async (request: () => HttpRequest) => {
      const from = Date.now();
      const beside = await besideReads(attacker, { request, rounds, reading });
      return { ...beside, longest: longestOf(readBlocks(file).filter(({ endedAt }) => endedAt >= from)) };
    };
    say("one at a time");
    const alone = await attack(() => mutationOf(null, "auth.signUp", credentials(), anyAnswer));
    say("ten at a time");
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

interface Seen {
  readonly reads: Burst;
  readonly longest: Pick<Block, "cpuMs" | "wallMs">;
}

const figuresOf = (group: string, { reads, longest }: Seen): Figure[] => [
  { group, name: "longest block of the event loop", value: longest.cpuMs, unit: "ms", goal: { atMost: 50 } },
  { group, name: "the same by the clock", value: longest.wallMs, unit: "ms" },
  { group, name: "others' reads, p99", value: reads.p99Ms, unit: "ms" },
];

interface Beside {
  readonly request: () => HttpRequest;
  readonly rounds: number;
  readonly reading: (ms: number) => Promise<Burst>;
}

/** Sends the requests one after the other while others read. The reads go on as long as the attack does. */
async function besideReads(attacker: Load, { request, rounds, reading }: Beside): Promise<{ reads: Burst }> {
  const state = { isOver: false };
  const sending = attacker.burst(request, { count: rounds, concurrency: 1 }).finally(() => {
    state.isOver = true;
  });
  const bursts: Burst[] = [];
  do bursts.push(await reading(REST_MS));
  while (!state.isOver);
  await sending;
  // The worst of them, as each burst is only as long as somebody would wait.
  const [worst] = bursts.toSorted((a, b) => b.p99Ms - a.p99Ms);
  if (!worst) throw new Error("Nobody read.");
  return { reads: worst };
}

const longestOf = (blocks: readonly Block[]) => ({
  cpuMs: Math.max(0, ...blocks.map(({ cpuMs }) => cpuMs)),
  wallMs: Math.max(0, ...blocks.map(({ wallMs }) => wallMs)),
});

const credentials = () => ({
  email: `${randomUUID()}@${"abc.".repeat(53)}org`.slice(0, 254),
  // One character, and eighteen letters in Unicode's form NFKD.
  password: "\ufdfa".repeat(256),
});

const anyAnswer = (status: number) => status < 600;

function batchOfTen(): HttpRequest {
  const calls = Array.from({ length: 10 }, credentials);
  const path = calls.map(() => "auth.signUp").join(",");
  return mutationOf(null, `${path}?batch=1`, Object.fromEntries(calls.entries()), anyAnswer);
}
