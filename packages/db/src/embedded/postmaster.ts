import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

import type { Binaries } from "./binaries.ts";
import type { Place } from "./place.ts";
import { runProgram, spawnOptions } from "./system/run-program.ts";

/** PostgreSQL's main process, a child of the server. */
export interface Postmaster {
  readonly pid: number;
  /** Resolves when the process has ended, with a description such as "exit code 1". */
  readonly ended: Promise<string>;
  /** The latest output, for an error message. */
  output(): string;
  /** Resolves with true when PostgreSQL accepts connections, and with false when it has ended. */
  untilReady(): Promise<boolean>;
  /** Ends all connections and shuts down; after ten seconds it stops PostgreSQL at once. No committed data is lost. */
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
    ...spawnOptions(place.user),
    // A separate session, so that Ctrl-C in the terminal only reaches the server, which then stops PostgreSQL.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines = collectLines(child, onLog);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => {
      const how = signal ? `ended by ${signal}` : `exit code ${code}`;
      // The last output arrives before "close", which a remaining child of PostgreSQL can delay.
      child.once("close", () => resolve(how));
      setTimeout(resolve, 200, how).unref();
    });
  });
  const isRunningAfter = (seconds: number) =>
    Promise.race([ended.then(() => false), delay(seconds * 1000, true, { ref: false })]);

  return {
    pid: child.pid ?? 0,
    ended,
    output: () => lines.join("\n"),
    untilReady: async () => {
      for (;;) {
        if (await isReady(place.cluster, child.pid)) return true;
        if (!(await isRunningAfter(0.005))) return false;
      }
    },
    stop: async () => {
      await sendSignal(child, "SIGINT", { place, binaries });
      if (!(await isRunningAfter(10))) return;
      await sendSignal(child, "SIGQUIT", { place, binaries });
      if (!(await isRunningAfter(5))) return;
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Passes every line to `onLog` and keeps the last 20. It always reads, because PostgreSQL would block on a full pipe. */
function collectLines(child: ChildProcess, onLog: ((line: string) => void) | undefined): string[] {
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue;
    createInterface({ input }).on("line", (line) => {
      lines.push(line);
      if (lines.length > 20) lines.shift();
      onLog?.(line);
    });
  }
  return lines;
}

/** Checks readiness as pg_ctl does: line 8 of postmaster.pid is "ready", independent of the log settings. */
async function isReady(cluster: string, pid: number | undefined): Promise<boolean> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
}

/** Sends a signal. On Windows every signal would end the process at once, so pg_ctl stops it there. */
async function sendSignal(
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
