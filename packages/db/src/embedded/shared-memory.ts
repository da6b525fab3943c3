// PostgreSQL shares memory between the processes of a parallel query in /dev/shm. Containers give it 64 MB, or less, or none.
// In files of the data directory the same works everywhere, more slowly.

import { statfs } from "node:fs/promises";

/** The settings that keep this memory in files of the cluster. */
export const inFiles = { dynamic_shared_memory_type: "mmap" } as const;

/** PostgreSQL's messages when /dev/shm refuses. */
export const refusesSharedMemory =
  /could not (?:resize|open|map|create|initialize) shared memory segment "\/PostgreSQL\./;

const enough = 32 * 1024 * 1024;

/** Uses files when /dev/shm is so small that a parallel query could fill it. */
export async function sharedMemorySettings(): Promise<Readonly<Record<string, string>>> {
  if (process.platform !== "linux") return {};
  const system = await statfs("/dev/shm").catch(() => undefined);
  const available = system ? system.bavail * system.bsize : 0;
  return available < enough ? inFiles : {};
}
