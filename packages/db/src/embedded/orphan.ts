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
 * Clears the way for a start. The caller holds the lock, so a PostgreSQL that runs on this cluster has lost its
 * server: its guard is about to stop it, or we do. Bounded to 15 seconds.
 *
 * @throws EmbeddedPostgresError start_failed
 */
export async function stopOrphan(place: Place, binaries: Binaries): Promise<void> {
  const file = join(place.cluster, "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => "");
  if (!text) return;
  if (process.platform === "win32") {
    // pg_ctl knows by its named pipe whether that pid is a PostgreSQL. If it is none, the start goes on.
    await runProgram({ file: binaries.pgCtl, args: ["stop", "-m", "fast", "-t", "15", "-D", place.cluster] });
    return;
  }
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (await isPostmasterOf(pid, place.cluster)) {
    await stop(pid, place);
  } else {
    await disown(file, lines);
  }
  await removeSocketDirectory(lines[4] ?? "");
}

async function stop(pid: number, place: Place): Promise<void> {
  // Asking again for what the guard has asked for does no harm.
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
 * The pid is dead or was given to an unrelated process, and in the second case PostgreSQL would refuse to start.
 * The file is not removed: its other lines let PostgreSQL see whether processes of the old run still share its
 * memory. So only the pid changes, to one that no system gives out. Never through a link: this may be root,
 * and the directory belongs to someone else.
 */
async function disown(path: string, lines: readonly string[]): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW).catch(
    (error: NodeJS.ErrnoException) => {
      // It ended in order between our two looks.
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
    // It ended by itself; the next look shows it.
  }
}
