// Containers run programs with a user id that has no entry in /etc/passwd, for which initdb refuses to work.
import { chown, mkdir, readdir, rm, stat } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { query } from "../embedded/query.ts";
import { spawnServer } from "../embedded/spawn-server.ts";
import { start } from "../embedded/start.ts";
import { canMount, mountReason, withMemoryDisk } from "../embedded/namespaces.ts";
import { temporaryDirectory } from "../embedded/temporary-directory.ts";

/** A user id of the range that OpenShift assigns, with the group of root. */
const unnamed = { uid: 1_000_650_000, gid: 0 };

const isRoot = process.getuid?.() === 0;
const isNamed = spawnSync("id", ["-un", String(unnamed.uid)]).status === 0;
const canRun = isRoot && !isNamed && process.platform === "linux";
const reason = canRun ? "" : " (skipped: these tests need root on Linux and an unused user id)";

describe.skipIf(!canRun)(`a user id without a passwd entry${reason}`, () => {
  test("runs a new database and leaves only its files", async () => {
    const dataDir = join(await ownDirectory(), "postgres");
    const server = spawnServer({ dataDir }, { user: unnamed });
    const ready = await server.next();
    expect(ready).toMatchObject({ event: "ready" });
    expect(await query(ready.owner, "SELECT 1")).toEqual([[1]]);
    expect((await stat(`/proc/${ready.pid}`)).uid).toBe(unnamed.uid);
    await server.stop();
    expect((await readdir(dataDir)).toSorted()).toEqual(["cluster", "owner-password", "pg_hba.conf"]);
  });

  test("gets a new owner password when the file of the old one is lost", async () => {
    const dataDir = join(await ownDirectory(), "postgres");
    const first = spawnServer({ dataDir }, { user: unnamed });
    expect(await first.next()).toMatchObject({ event: "ready" });
    await first.stop();
    await rm(join(dataDir, "owner-password"));
    const second = spawnServer({ dataDir, transport: "tcp" }, { user: unnamed });
    const ready = await second.next();
    expect(ready).toMatchObject({ event: "ready" });
    expect(await query(ready.owner, "SELECT 1")).toEqual([[1]]);
  });

  test("runs the database of a server that root starts on its directory", async () => {
    const dataDir = await ownDirectory();
    const { pid, owner } = await start({ dataDir });
    expect((await stat(`/proc/${pid}`)).uid).toBe(unnamed.uid);
    expect(await query(owner, "SELECT 1")).toEqual([[1]]);
  });

  test.skipIf(!canMount)(
    `runs a database on a file system without permission to run programs${mountReason}`,
    async () => {
      const disk = await ownDirectory();
      const server = spawnServer(
        { dataDir: join(disk, "postgres") },
        // setpriv changes the user after the mount, which needs root.
        { through: [...withMemoryDisk(disk, "noexec,mode=777"), ...asUnnamed] },
      );
      expect(await server.next()).toMatchObject({ event: "ready" });
      await server.stop();
    },
  );

  test.skipIf(!canMount)(
    `gets one line with the entry to add where no copy of the programs can run${mountReason}`,
    async () => {
      const disk = await ownDirectory();
      const server = spawnServer(
        { dataDir: join(disk, "postgres") },
        {
          through: [...withMemoryDisk(disk, "noexec,mode=777"), ...asUnnamed, "env", "TMPDIR=/missing"],
          // tsx, which runs the source, needs a directory of its own.
          env: { TSX_DISABLE_CACHE: "1" },
        },
      );
      const { code, message } = await server.next();
      expect(code).toBe("init_failed");
      expect(message).toContain(
        `add one (as root: echo "projo:x:${unnamed.uid}:0::/tmp:/bin/sh" >> /etc/passwd)`,
      );
      await server.stop();
    },
  );
});

const asUnnamed = ["setpriv", "--reuid", String(unnamed.uid), "--regid", "0", "--clear-groups"];

async function ownDirectory(): Promise<string> {
  const directory = join(await temporaryDirectory(), "own");
  await mkdir(directory, { mode: 0o700 });
  await chown(directory, unnamed.uid, unnamed.gid);
  return directory;
}
