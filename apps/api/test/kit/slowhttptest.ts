// slowhttptest, a program that opens slow HTTP connections.
import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";

export const hasSlowhttptest = spawnSync("slowhttptest", ["-h"]).error === undefined;

/** The reason that a skipped test shows. With CI=true the test is not skipped. */
export const noSlowhttptest = "slowhttptest is not installed: apt-get install slowhttptest";

export interface SlowResult {
  readonly output: string;
  /** The program ends when the server has closed all connections, or after its time limit. */
  readonly tookMs: number;
}

/** @param seconds the time limit */
export async function runSlowhttptest(args: readonly string[], seconds: number): Promise<SlowResult> {
  const startedAt = performance.now();
  const child = spawn("slowhttptest", [...args, "-l", String(seconds)], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const output = await text(child.stdout);
  return { output, tookMs: performance.now() - startedAt };
}
