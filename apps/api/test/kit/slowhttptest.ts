// slowhttptest, a program that is as slow a client as HTTP allows, in four ways.
import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";

export const hasSlowhttptest = spawnSync("slowhttptest", ["-h"]).error === undefined;

/** Why a test of it does not run here. Continuous integration has it, so there it must run. */
export const noSlowhttptest = "slowhttptest is not installed: apt-get install slowhttptest";

export interface SlowResult {
  readonly output: string;
  /** It ends by itself when the server has closed all of its connections, else when its time is over. */
  readonly tookMs: number;
}

/** @param seconds the longest that it may go on */
export async function runSlowhttptest(args: readonly string[], seconds: number): Promise<SlowResult> {
  const startedAt = performance.now();
  const child = spawn("slowhttptest", [...args, "-l", String(seconds)], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const output = await text(child.stdout);
  return { output, tookMs: performance.now() - startedAt };
}
