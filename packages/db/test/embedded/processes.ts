import { execFileSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

/** The pids of all processes whose command line contains `text`, without zombies and without the search itself. */
export function pidsWith(text: string): number[] {
  const lines = execFileSync("ps", ["-eo", "pid=,stat=,args="], { encoding: "utf8" }).split("\n");
  return lines
    .filter((line) => line.includes(text) && !/^\s*\d+ Z/.test(line))
    .map((line) => Number.parseInt(line, 10))
    .filter((pid) => pid !== process.pid);
}

/** Waits until the condition is true. @returns false after the time limit */
export async function becomes(isSo: () => boolean | Promise<boolean>, seconds = 10): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await delay(40)) {
    if (await isSo()) return true;
  }
  return false;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return execFileSync("ps", ["-eo", "pid=,stat="], { encoding: "utf8" })
    .split("\n")
    .some((line) => Number.parseInt(line, 10) === pid && !line.includes("Z"));
}
