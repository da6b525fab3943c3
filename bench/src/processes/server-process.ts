// A server in a process of its own, and what it takes of the machine: only its own work is counted, and not the load's.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { resourcesOf } from "./resources.ts";

export interface ServerProgram {
  /** The program and its arguments. */
  readonly program: readonly string[];
  /** All of its environment, but for PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** Where its standard error goes; else only its end is kept. */
  readonly logFile?: string;
  /** Is given each line of its standard output until it finds the URL of the server in one. */
  readonly ready: (line: string) => string | null;
  /** How long it may take to end when it is asked to. */
  readonly longestStopMs?: number;
}

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Processor time that it has used since its start, of all its threads. */
  cpuMs(): number;
  rssMb(): number;
  /** The most that it held at once; where the system does not tell, the most that was ever asked for. */
  peakRssMb(): number;
  /** Asks it to end, and ends it when that takes too long. */
  stop(): Promise<void>;
}

const MAX_START_MS = 60_000;
const MAX_STOP_MS = 10_000;
const MAX_LAST_WORDS_MS = 500;

/** @throws with the last lines of its standard error when it ends, or is not ready within a minute */
export async function startServerProcess(what: ServerProgram): Promise<ServerProcess> {
  const { program, env, logFile, ready, longestStopMs = MAX_STOP_MS } = what;
  const [file = "", ...args] = program;
  // Straight into the file: a server that logs every request must not be read by the process that asks them.
  const log = logFile === undefined ? null : openSync(logFile, "a");
  const child = spawn(file, args, {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", log ?? "pipe"],
  });
  if (log !== null) closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`it ended with ${signal ?? code}`));
  });
  // Whatever ends this process, the server is not left. It may have a database of its own to end, and is not just killed.
  const ask = () => child.kill("SIGTERM");
  process.once("exit", ask);
  void ended.then(() => process.off("exit", ask));

  const lastLines = keepEnd(child, logFile);
  const late = delay(MAX_START_MS, "it was not ready in a minute", { ref: false });
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
      ask();
      const stopped = await Promise.race([
        ended.then(() => true),
        delay(longestStopMs, false, { ref: false }),
      ]);
      if (!stopped) child.kill("SIGKILL");
      await ended;
    },
  };
}

/** The rest of its lines is read and dropped: a full pipe would hold the server up. */
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
  const said = () => (logFile === undefined ? end : readFileSync(logFile, "utf8").slice(-KEPT));
  return () => said().trimEnd().split("\n").slice(-10).join("\n");
}
