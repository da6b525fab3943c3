// A full or read-only disk, and a small /dev/shm, as in containers.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { canMount, mountReason, withMemoryDisk } from "../embedded/namespaces.ts";
import { query } from "../embedded/query.ts";
import { spawnServer } from "../embedded/spawn-server.ts";
import { temporaryDirectory } from "../embedded/temporary-directory.ts";

async function disk(): Promise<string> {
  const directory = join(await temporaryDirectory(), "disk");
  await mkdir(directory);
  return directory;
}

describe.skipIf(!canMount)(`the embedded database${mountReason}`, () => {
  // Each size ends the start in another of its steps.
  test.each(["4k", "16k", "300k", "4m", "20m", "36m"])("says that a disk of %s is full", async (size) => {
    const directory = await disk();
    const server = spawnServer(
      { dataDir: join(directory, "data", "postgres") },
      { through: withMemoryDisk(directory, `size=${size},mode=755`) },
    );
    const { event, message } = await server.next();
    expect(event).toBe("failed");
    expect(message).toMatch(
      /the disk is full\): free at least 200 MB on that disk and start again, or set PROJO_DATA_DIR to another directory\.$/,
    );
    await server.stop();
  });

  test("says that a file system is read-only", async () => {
    const directory = await disk();
    const server = spawnServer(
      { dataDir: join(directory, "data", "postgres") },
      { through: withMemoryDisk(directory, "ro") },
    );
    expect(await server.next()).toMatchObject({
      event: "failed",
      message: expect.stringContaining("(its file system is read-only): mount it with write access"),
    });
    await server.stop();
  });

  test.each(["size=64k,mode=1777", "size=16m,mode=1777", "ro"])(
    "runs parallel queries with /dev/shm mounted with %s",
    async (options) => {
      const dataDir = join(await temporaryDirectory(), "postgres");
      // A cluster remembers the kind of shared memory that initdb found, so a large /dev/shm comes first.
      const first = spawnServer({ dataDir });
      expect(await first.next()).toMatchObject({ event: "ready" });
      await first.stop();
      const settings = { debug_parallel_query: "on" };
      const second = spawnServer({ dataDir, settings }, { through: withMemoryDisk("/dev/shm", options) });
      const { event, owner } = await second.next();
      expect(event).toBe("ready");
      const parallel = `SELECT current_setting('debug_parallel_query'), count(*) > 0,
                               current_setting('dynamic_shared_memory_type') FROM pg_class`;
      expect(await query(owner, parallel)).toEqual([["on", true, "mmap"]]);
      await second.stop();
    },
  );
});
