import { readFile, readlink, realpath } from "node:fs/promises";
import { basename } from "node:path";

import { runProgram } from "./run-program.ts";

/**
 * When a process began, in a form to compare and not to read: a pid is given out again, the pair is not.
 * Undefined: no such process. Empty: it runs, but this system does not say since when.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  if (!isRunning(pid)) return undefined;
  if (process.platform === "win32") return "";
  if (process.platform === "linux") return linuxStart(pid);
  const { ok, output } = await runProgram({ file: "ps", args: ["-o", "lstart=", "-p", String(pid)] });
  return ok ? output.trim() : "";
}

/** Whether the process is a postmaster whose data directory is `cluster`. */
export async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  if (process.platform === "linux") {
    // A postmaster changes into its data directory; a link to a replaced binary ends in " (deleted)".
    const program = await readlink(`/proc/${pid}/exe`).catch(() => "");
    const directory = await readlink(`/proc/${pid}/cwd`).catch(() => "");
    return basename(program).startsWith("postgres") && directory === (await realpath(cluster));
  }
  const { ok, output } = await runProgram({ file: "ps", args: ["-o", "command=", "-p", String(pid)] });
  return ok && output.includes("postgres") && output.includes(cluster);
}

async function linuxStart(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // With /proc mounted hidepid another user's process runs without being seen.
  if (!line) return isRunning(pid) ? "" : undefined;
  // The second field is a name in parentheses that may hold spaces, so count from its end: state is field 3.
  const [state = "", ...rest] = line.slice(line.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X") return undefined;
  // Field 22 counts ticks since boot, so the boot belongs to it: after a restart pids begin again from 1.
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return `${boot.trim()}:${rest[18] ?? ""}`;
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
