// Counts sign-in attempts with a limiter, each from a different address for a different account, and prints the memory that
// the limiter uses. Arguments: the number of attempts, and the factor of the limits.
import { setTimeout as delay } from "node:timers/promises";
import { createLimiter, type Limiter } from "@projostack/api/limiter";
import { limits } from "@projostack/api/limits";

const [tries = 0, factor = 1] = process.argv.slice(2).map(Number);
const collect = globalThis.gc;
if (!collect) throw new Error("Run this with --expose-gc.");

const mb = (bytes: number) => bytes / 2 ** 20;

// The first attempts load and compile code, which must not count as the limiter's memory.
await run(1_000);
await collectAll();
const before = process.memoryUsage();
const startedAt = performance.now();
const measured = await run(tries);
const seconds = (performance.now() - startedAt) / 1_000;
await collectAll();
const after = process.memoryUsage();
const keptMb = mb(after.heapUsed + after.external - before.heapUsed - before.external);
const statistics = measured.statistics();
const figures = {
  keptMb,
  rssMb: mb(after.rss - before.rss),
  decisionsPerSecond: tries / seconds,
  statistics,
};
process.stdout.write(JSON.stringify(figures), () => process.exit());

/** Collects several times, because the memory of typed arrays is released some time after the collection. */
async function collectAll(): Promise<void> {
  for (let times = 0; times < 3; times += 1) {
    collect?.();
    await delay(100);
  }
}

async function run(many: number): Promise<Limiter> {
  const made = createLimiter({
    limits,
    factor,
    shared: null,
    codeOf: (text) => text.padEnd(22, "x"),
    log: { warn: () => {} },
  });
  for (let n = 0; n < many; n += 1) await attempt(made, n);
  return made;
}

async function attempt(limiter: Limiter, n: number): Promise<void> {
  const hex = (n * 2_654_435_761) % 2 ** 32;
  const address = `2001:${(hex >>> 16).toString(16)}:${(hex & 0xffff).toString(16)}:1::1`;
  const signIn = { operation: "auth.signIn", workspaceId: null, account: `account${n}`, target: null };
  await limiter.decide({ ...signIn, address });
}
