// Runs a server in a separate process, so that its processor time and memory do not include those of the load.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { resourcesOf } from "./resources.ts";

export interface ServerProgram {
  /** The program and its arguments. */
  readonly program: readonly string[];
  /** The whole environment of the process, except PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** The file for standard error. If omitted, only the last lines are kept, in memory. */
  readonly logFile?: string;
  /** Called with each line of standard output, until it returns the URL of the server. */
  readonly ready: (line: string) => string | null;
  /** The time until SIGKILL after SIGTERM. Default: 10,000. */
  readonly stopTimeoutMs?: number;
}

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** The processor time of all threads since the start of the process. */
  cpuMs(): number;
  rssMb(): number;
  /** The peak memory. On systems that do not report it, the highest value of the calls so far. */
  peakRssMb(): number;
  /** Sends SIGTERM, and SIGKILL if the process does not exit in time. */
  stop(): Promise<void>;
}

const MAX_START_MS = 60_000;
const MAX_STOP_MS = 10_000;
const MAX_LAST_WORDS_MS = 500;

/** @throws Error with the last lines of standard error, if the process exits or is not ready within a minute */
export async function startServerProcess(what: ServerProgram): Promise<ServerProcess> {
  const { program, env, logFile, ready, stopTimeoutMs = MAX_STOP_MS } = what;
  const [file = "", ...args] = program;
  // Standard error goes directly into the file, so that the process that sends the load does not have to read the log.
  const log = logFile === undefined ? null : openSync(logFile, "a");
  const child = spawn(file, args, {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", log ?? "pipe"],
  });
  if (log !== null) closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`the process exited with ${signal ?? code}`));
  });
  // Stops the server when this process exits. SIGTERM, because the server may have to stop its own database.
  const terminate = () => child.kill("SIGTERM");
  process.once("exit", terminate);
  void ended.then(() => process.off("exit", terminate));

  const lastLines = keepEnd(child, logFile);
  const late = delay(MAX_START_MS, "the server was not ready within a minute", { ref: false });
  const first = await Promise.race([
    urlFrom(child, ready).then((url) => ({ url })),
    Promise.race([ended, late]).then((problem) => ({ problem })),
  ]);
  if ("problem" in first) {
    child.kill("SIGKILL");
    await Promise.race([once(child, "close"), delay(MAX_LAST_WORDS_MS)]);
    throw new Error(`${program.join(" ")}: ${first.problem}\n${lastLines()}`);
  }
  const pid = child.pid ?? -1;
  return {
    url: first.url,
    pid,
    ...resourcesOf(pid),
    stop: async () => {
      terminate();
      const stopped = await Promise.race([
        ended.then(() => true),
        delay(stopTimeoutMs, false, { ref: false }),
      ]);
      if (!stopped) child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Continues to read and discard lines after the URL, because a full pipe would block the server. */
function urlFrom({ stdout }: ChildProcess, ready: ServerProgram["ready"]): Promise<string> {
  return new Promise((resolve) => {
    if (!stdout) return;
    createInterface({ input: stdout }).on("line", (line) => {
      const url = ready(line);
      if (url !== null) resolve(url);
    });
  });
}

const KEPT = 4_000;

function keepEnd({ stderr }: ChildProcess, logFile: string | undefined): () => string {
  let end = "";
  stderr?.setEncoding("utf8").on("data", (text: string) => {
    end = (end + text).slice(-KEPT);
  });
  const output = () => (logFile === undefined ? end : readFileSync(logFile, "utf8").slice(-KEPT));
  return () => output().trimEnd().split("\n").slice(-10).join("\n");
}
