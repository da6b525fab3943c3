import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileLock } from "../../src/node/shared-file/file-lock.ts";
import { isRunning } from "../../src/node/shared-file/this-process.ts";

let directory: string;
let path: string;
const self = { pid: process.pid, host: "here", isRunning };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "projo-lock-"));
  path = join(directory, "credentials.lock");
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** A process id that does not exist: above the maximum of Linux. */
const UNUSED_PID = 2 ** 22 + 1;

const heldBy = (pid: number, host = "here") => writeFile(path, JSON.stringify({ id: "x", pid, host }));

/** Returns true when the lock is acquired within a second. */
async function canAcquire(): Promise<boolean> {
  const got = fileLock(path, self)(async () => true);
  return await Promise.race([got, wait(1000).then(() => false)]);
}

describe("the credentials lock", () => {
  it("admits one of fifty holders at a time and leaves no file", async () => {
    let inside = 0;
    let most = 0;
    const works = Array.from({ length: 50 }, () =>
      fileLock(
        path,
        self,
      )(async () => {
        most = Math.max(most, (inside += 1));
        await wait(2);
        inside -= 1;
      }),
    );
    await Promise.all(works);
    expect(most).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  it("releases itself when the work fails", async () => {
    const fails = fileLock(path, self)(() => Promise.reject(new Error("no")));
    await expect(fails).rejects.toThrow("no");
    expect(await readdir(directory)).toEqual([]);
  });

  it.skipIf(process.platform !== "linux")(
    "passes immediately when its process was killed, and its parent has not asked for the result (Linux)",
    async () => {
      // The second program takes the place of the shell, and does not know its child.
      const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"]);
      const [pid] = (await once(parent.stdout, "data")) as [Buffer];
      await expect
        .poll(() => readFile(`/proc/${Number(pid)}/stat`, "utf8"), { timeout: 10_000 })
        .toMatch(/\) Z /);
      await heldBy(Number(pid));
      expect(await canAcquire()).toBe(true);
      parent.kill("SIGKILL");
    },
  );

  it("passes immediately to one of many when its process has ended", async () => {
    await heldBy(UNUSED_PID);
    let inside = 0;
    let most = 0;
    const works = Array.from({ length: 20 }, () =>
      fileLock(
        path,
        self,
      )(async () => {
        most = Math.max(most, (inside += 1));
        await wait(2);
        inside -= 1;
      }),
    );
    await Promise.all(works);
    expect(most).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  it("passes to the next process when its partly written file is old", async () => {
    await writeFile(path, "");
    const oldTime = new Date(Date.now() - 46_000);
    await utimes(path, oldTime, oldTime);
    expect(await canAcquire()).toBe(true);
  });

  it("makes others wait while its process runs", async () => {
    await heldBy(process.pid);
    const got = fileLock(path, self)(async () => "got it");
    await expect(Promise.race([got, wait(300)])).resolves.toBeUndefined();
    await rm(path);
    expect(await got).toBe("got it");
  });

  it("makes others wait when its process is on another machine", async () => {
    await heldBy(UNUSED_PID, "elsewhere");
    const got = fileLock(path, self)(async () => "got it");
    await expect(Promise.race([got, wait(300)])).resolves.toBeUndefined();
    await rm(path);
    expect(await got).toBe("got it");
  });

  it("the lock stays with a process that works for longer than a process may leave it unattended", async () => {
    await fileLock(path, self, { renewalIntervalMs: 20 })(async () => {
      const longAgo = new Date(Date.now() - 3_600_000);
      await utimes(path, longAgo, longAgo);
      while ((await stat(path)).mtimeMs < Date.now() - 60_000) await wait(10);
      const other = fileLock(path, self)(async () => "got it");
      await expect(Promise.race([other, wait(300)])).resolves.toBeUndefined();
      await rm(path);
      expect(await other).toBe("got it");
    });
  });

  it("the lock is not taken from a process of another container with the same host name", async () => {
    await writeFile(path, JSON.stringify({ id: "x", pid: UNUSED_PID, host: "here", namespace: "pid:[1]" }));
    const inContainer = { ...self, namespace: "pid:[2]" };
    const got = fileLock(path, inContainer)(async () => "got it");
    await expect(Promise.race([got, wait(300)])).resolves.toBeUndefined();
    await rm(path);
    expect(await got).toBe("got it");
  });

  it("remains when another process has taken it over", async () => {
    await fileLock(
      path,
      self,
    )(async () => {
      await heldBy(process.pid, "another machine");
    });
    expect(await readdir(directory)).toEqual(["credentials.lock"]);
  });
});
