// A million callers, each from another address and with another account, ask the limiter of the built server. It runs in a
// process of its own, whose memory is measured after a collection of garbage.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";

export const limiterMemory: Subject = {
  name: "limiter-memory",
  title: "what the limiter keeps of distinct addresses and accounts",
  measure,
};

const MAX_MB = 64;

const Measured = z.object({ keptMb: z.number(), rssMb: z.number(), decisionsPerSecond: z.number() });

async function measure({ quick }: RunOptions): Promise<Figure[]> {
  const tries = quick ? 200_000 : 1_000_000;
  const goal = { atMost: MAX_MB };
  const figures: Figure[] = [];
  // With the usual limits few tries are let in; with a thousand times as many, each leaves its counts behind.
  for (const factor of [1, 1_000]) {
    const { keptMb, rssMb, decisionsPerSecond } = await run(tries, factor);
    const group = `${tries.toLocaleString("en-US")} distinct tries, ${factor} times the usual limits`;
    figures.push(
      { group, name: "memory kept by the limiter", value: keptMb, unit: "MB", goal },
      { group, name: "growth of the process (RSS), garbage included", value: rssMb, unit: "MB" },
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
