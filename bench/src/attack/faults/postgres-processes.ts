// Stops and continues the PostgreSQL that this run started, with all of its processes: SIGSTOP leaves every connection open
// and answers none. Its main process is found by the file that it keeps in its own data directory, and no other is touched.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Owner } from "../../database/bench-database.ts";

export interface PostgresProcesses {
  stop(): void;
  continue(): void;
}

export async function findPostgresProcesses(owner: Owner): Promise<PostgresProcesses> {
  const { rows } = await owner.query<{ data_directory: string }>("SHOW data_directory");
  const [row] = rows;
  if (!row) throw new Error("PostgreSQL does not tell its data directory.");
  const [line = ""] = readFileSync(join(row.data_directory, "postmaster.pid"), "utf8").split("\n");
  const postmaster = Number(line);
  if (!Number.isInteger(postmaster) || postmaster <= 1) throw new Error(`This is no process: ${line}`);
  let stopped: number[] = [];
  return {
    stop: () => {
      // The main process first, so that it starts no more of them.
      signal([postmaster], "SIGSTOP");
      stopped = [postmaster, ...childrenOf(postmaster)];
      signal(stopped, "SIGSTOP");
    },
    continue: () => {
      signal(stopped.toReversed(), "SIGCONT");
      stopped = [];
    },
  };
}

function signal(pids: readonly number[], name: "SIGSTOP" | "SIGCONT"): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // A backend that ended in between.
    }
  }
}

function childrenOf(parent: number): number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return lines.flatMap((line) => {
    const [pid, parentPid] = line.trim().split(/\s+/).map(Number);
    return parentPid === parent && pid !== undefined ? [pid] : [];
  });
}
