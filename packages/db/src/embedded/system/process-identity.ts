import { readFile, readlink, realpath } from "node:fs/promises";
import { basename } from "node:path";

import { runProgram } from "./run-program.ts";

/**
 * The start of a process, as an opaque text to compare. The system reuses a pid, but not a pid with the same start.
 * @returns undefined when no such process runs; an empty text when the system does not report the start
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
    // The working directory of a postmaster is its data directory. The link to a replaced binary ends in " (deleted)".
    const program = await readlink(`/proc/${pid}/exe`).catch(() => "");
    const directory = await readlink(`/proc/${pid}/cwd`).catch(() => "");
    return basename(program).startsWith("postgres") && directory === (await realpath(cluster));
  }
  const { ok, output } = await runProgram({ file: "ps", args: ["-o", "command=", "-p", String(pid)] });
  return ok && output.includes("postgres") && output.includes(cluster);
}

async function linuxStart(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // With /proc mounted with hidepid, another user's process is not visible.
  if (!line) return isRunning(pid) ? "" : undefined;
  // The second field is a name in parentheses that can contain spaces, so fields are counted from its end. Field 3 is the state.
  const [state = "", ...rest] = line.slice(line.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X") return undefined;
  // Field 22 is the start in ticks since boot. The boot id is added, because pids begin at 1 again after a restart.
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return `${boot.trim()}:${rest[18] ?? ""}`;
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that the process exists and belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
