// Measures how long the main thread of a Node process blocks its event loop. A timer of 2 ms records each turn of the loop.
// Linux's schedstat gives the CPU time of the thread between two turns, so time spent waiting for a processor on a busy
// machine does not count as a block. The work of the garbage collector on the main thread does count.
import { readFileSync } from "node:fs";

/** A block of the event loop. */
export interface Block {
  /** The end of the block, in milliseconds since 1970. */
  readonly endedAt: number;
  /** The elapsed time. */
  readonly wallMs: number;
  /** The CPU time of the main thread. It equals `wallMs` on systems other than Linux. */
  readonly cpuMs: number;
}

/** The value of Node's option `--import` that makes a process write its blocks to a file. */
export const loopWatchImport = (file: string): string =>
  `data:text/javascript,${encodeURIComponent(`const file = ${JSON.stringify(file)};${PROGRAM}`)}`;

/** Reads the blocks of 5 ms or more that were recorded so far. */
export function readBlocks(file: string): Block[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [endedAt = NaN, wallMs = NaN, cpuMs = NaN] = line.split(" ").map(Number);
      return { endedAt, wallMs, cpuMs };
    });
}

const PROGRAM = `
  import { appendFileSync, readFileSync } from "node:fs";
  const SHORTEST_MS = 5;
  const runMs = () => {
    try {
      return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;
    } catch {
      return performance.now();
    }
  };
  let at = performance.now();
  let run = runMs();
  appendFileSync(file, "");
  setInterval(() => {
    const [now, running] = [performance.now(), runMs()];
    const [wall, cpu] = [now - at, Math.min(now - at, running - run)];
    if (wall >= SHORTEST_MS) appendFileSync(file, Date.now() + " " + wall.toFixed(1) + " " + cpu.toFixed(1) + "\\n");
    [at, run] = [performance.now(), runMs()];
  }, 2).unref();
`;
