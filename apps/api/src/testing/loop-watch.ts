// Watches how long the main thread of a Node process is kept from its event loop. A timer of 2 ms tells when the loop came
// round; between two times, what the thread itself did is told from what it waited for a processor (Linux's schedstat), so
// that a busy machine does not count as a block. The work of the garbage collector on the main thread does count.
import { readFileSync } from "node:fs";

/** The loop did not come round for a while. */
export interface Block {
  /** When it came round again, in ms since 1970. */
  readonly endedAt: number;
  /** As it passed on the clock. */
  readonly wallMs: number;
  /** For so much of it the main thread was running. On other systems than Linux, the same as `wallMs`. */
  readonly cpuMs: number;
}

/** The value of Node's option `--import` that has a process write its blocks into a file. */
export const loopWatchImport = (file: string): string =>
  `data:text/javascript,${encodeURIComponent(`const file = ${JSON.stringify(file)};${PROGRAM}`)}`;

/** The blocks so far, of 5 ms and more. */
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
