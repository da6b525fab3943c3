import { constants } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import type { Binaries } from "./binaries.ts";
import { EmbeddedPostgresError } from "./system/embedded-postgres-error.ts";
import type { Place } from "./place.ts";
import { isPostmasterOf } from "./system/process-identity.ts";
import { runProgram } from "./system/run-program.ts";
import { removeSocketDirectory } from "./transport.ts";

/**
 * Stops a PostgreSQL that an earlier server left running on this cluster. The caller holds the lock, so no other server uses
 * it. The guard usually stops it; otherwise this function does. It takes at most 15 seconds.
 *
 * @throws EmbeddedPostgresError start_failed
 */
export async function stopOrphan(place: Place, binaries: Binaries): Promise<void> {
  const file = join(place.cluster, "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => "");
  if (!text) return;
  if (process.platform === "win32") {
    // pg_ctl checks by a named pipe whether the pid is a PostgreSQL. If it is not, the start continues.
    await runProgram({ file: binaries.pgCtl, args: ["stop", "-m", "fast", "-t", "15", "-D", place.cluster] });
    return;
  }
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (await isPostmasterOf(pid, place.cluster)) {
    await stop(pid, place);
  } else {
    await replacePid(file, lines);
  }
  await removeSocketDirectory(lines[4] ?? "");
}

async function stop(pid: number, place: Place): Promise<void> {
  // Repeating the guard's signal does no harm.
  const steps = [
    { signal: undefined, seconds: 1 },
    { signal: "SIGINT", seconds: 8 },
    { signal: "SIGQUIT", seconds: 6 },
  ] as const;
  for (const { signal, seconds } of steps) {
    if (signal) kill(pid, signal);
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await delay(20)) {
      if (!(await isPostmasterOf(pid, place.cluster))) return;
    }
  }
  throw new EmbeddedPostgresError(
    "start_failed",
    `A PostgreSQL left over from an earlier run (process ${pid}) still uses ${place.cluster} and does not stop: end it with kill -QUIT ${pid}, then start again.`,
  );
}

/**
 * Replaces the pid by one that no system uses. The recorded process has ended, or its pid belongs to an unrelated process,
 * which would make PostgreSQL refuse to start. The file is kept, because PostgreSQL checks by its other lines whether
 * processes of the earlier run still use its shared memory. A symbolic link is not followed: this process may be root, and
 * the directory belongs to another user.
 */
async function replacePid(path: string, lines: readonly string[]): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW).catch(
    (error: NodeJS.ErrnoException) => {
      // PostgreSQL ended and removed the file in the meantime.
      if (error.code === "ENOENT") return undefined;
      throw error;
    },
  );
  if (!file) return;
  const text = ["2147483647", ...lines.slice(1)].join("\n");
  await file.truncate(0);
  await file.write(text, 0);
  await file.close();
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has already ended, which the next check detects.
  }
}
