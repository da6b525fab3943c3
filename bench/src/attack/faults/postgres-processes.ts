// Stops and continues all processes of the PostgreSQL server that this run started. With SIGSTOP all connections stay open
// and receive no responses. The process id of the main process comes from postmaster.pid in the data directory, so that no
// other PostgreSQL server is affected.
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
  if (!row) throw new Error("PostgreSQL returned no data directory.");
  const [line = ""] = readFileSync(join(row.data_directory, "postmaster.pid"), "utf8").split("\n");
  const postmaster = Number(line);
  if (!Number.isInteger(postmaster) || postmaster <= 1)
    throw new Error(`postmaster.pid contains no process id: ${line}`);
  let stopped: number[] = [];
  return {
    stop: () => {
      // Stops the main process first, so that it starts no new processes.
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
      // The process has ended in the meantime.
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
