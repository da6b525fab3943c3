import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

import type { Binaries } from "./binaries.ts";
import type { Place } from "./place.ts";
import { runProgram, surroundings } from "./system/run-program.ts";

/** PostgreSQL's main process: our child, whose end we see. */
export interface Postmaster {
  readonly pid: number;
  /** Fulfils when it has ended, with how it ended in words. */
  readonly ended: Promise<string>;
  /** Its latest output, for an error message. */
  output(): string;
  /** Fulfils when it accepts connections (true) or has ended (false). */
  untilReady(): Promise<boolean>;
  /** Disconnects everybody and stops in order; when that takes too long, at once. Nothing committed is lost. */
  stop(): Promise<void>;
}

export interface PostmasterOptions {
  place: Place;
  binaries: Binaries;
  settings: Readonly<Record<string, string>>;
  onLog?: ((line: string) => void) | undefined;
}

export function spawnPostmaster({ place, binaries, settings, onLog }: PostmasterOptions): Postmaster {
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(binaries.postgres, ["-D", place.cluster, ...args], {
    ...surroundings(place.user),
    // Its own session: Ctrl-C in the terminal reaches the server alone, which then stops this in order.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines = collectLines(child, onLog);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => {
      const how = signal ? `ended by ${signal}` : `exit code ${code}`;
      // Its last words come with "close", which a process it left behind can hold up.
      child.once("close", () => resolve(how));
      setTimeout(resolve, 200, how).unref();
    });
  });
  const outlasts = (seconds: number) =>
    Promise.race([ended.then(() => false), delay(seconds * 1000, true, { ref: false })]);

  return {
    pid: child.pid ?? 0,
    ended,
    output: () => lines.join("\n"),
    untilReady: async () => {
      for (;;) {
        if (await isReady(place.cluster, child.pid)) return true;
        if (!(await outlasts(0.005))) return false;
      }
    },
    stop: async () => {
      await tell(child, "SIGINT", { place, binaries });
      if (!(await outlasts(10))) return;
      await tell(child, "SIGQUIT", { place, binaries });
      if (!(await outlasts(5))) return;
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The last lines are kept, all are handed on. Reading never stops, or PostgreSQL would wait for us. */
function collectLines(child: ChildProcess, onLog: ((line: string) => void) | undefined): string[] {
  const kept: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue;
    createInterface({ input }).on("line", (line) => {
      kept.push(line);
      if (kept.length > 20) kept.shift();
      onLog?.(line);
    });
  }
  return kept;
}

/** The way of pg_ctl: line 8 of postmaster.pid says "ready", whatever the log settings are. */
async function isReady(cluster: string, pid: number | undefined): Promise<boolean> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
}

/** Windows would take any signal for "end it now". */
async function tell(
  child: ChildProcess,
  name: "SIGINT" | "SIGQUIT",
  { place, binaries }: { place: Place; binaries: Binaries },
): Promise<void> {
  if (process.platform !== "win32") {
    child.kill(name);
    return;
  }
  const mode = name === "SIGINT" ? "fast" : "immediate";
  await runProgram({ file: binaries.pgCtl, args: ["stop", "-W", "-m", mode, "-D", place.cluster] });
}
