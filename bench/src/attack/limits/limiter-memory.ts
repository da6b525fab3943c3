// A million sign-in attempts, each from a different address for a different account, in the limiter of the built server. It
// runs in a separate process. The memory of that process is measured after garbage collection.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";

export const limiterMemory: Subject = {
  name: "limiter-memory",
  title: "memory of the limiter with many distinct addresses and accounts",
  measure,
};

const MAX_MB = 64;

const Measured = z.object({ keptMb: z.number(), rssMb: z.number(), decisionsPerSecond: z.number() });

async function measure({ quick }: RunOptions): Promise<Figure[]> {
  const tries = quick ? 100_000 : 1_000_000;
  const goal = { atMost: MAX_MB };
  const figures: Figure[] = [];
  // With the default limits few attempts are allowed. With limits that are 1,000 times higher, each attempt adds counters.
  for (const factor of [1, 1_000]) {
    const { keptMb, rssMb, decisionsPerSecond } = await run(tries, factor);
    const group = `${tries.toLocaleString("en-US")} distinct attempts, ${factor} times the default limits`;
    figures.push(
      { group, name: "memory of the limiter", value: keptMb, unit: "MB", goal },
      { group, name: "growth of the process (RSS), including garbage", value: rssMb, unit: "MB" },
      { group, name: "decisions", value: decisionsPerSecond, unit: "1/s" },
    );
  }
  return figures;
}

async function run(tries: number, factor: number): Promise<z.output<typeof Measured>> {
  const program = fileURLToPath(new URL("limiter-memory-process.ts", import.meta.url));
  const loader = ["--import", import.meta.resolve("tsx"), "--expose-gc"];
  const args = [...loader, program, String(tries), String(factor)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Measured.parse(JSON.parse(stdout));
}
