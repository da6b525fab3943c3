import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileLock } from "../src/credentials/file-lock.ts";
import { isRunning } from "../src/is-running.ts";

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

/** A process number that nobody has: the greatest that Linux gives is below it. */
const NOBODY = 2 ** 22 + 1;

const heldBy = (pid: number, host = "here") => writeFile(path, JSON.stringify({ id: "x", pid, host }));

/** Whether the work gets the lock within a second. */
async function getsIt(): Promise<boolean> {
  const got = fileLock(path, self)(async () => true);
  return await Promise.race([got, wait(1000).then(() => false)]);
}

describe("the lock of the credentials", () => {
  it("lets one in at a time, of fifty, and leaves nothing behind", async () => {
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

  it("is given back when the work fails", async () => {
    const fails = fileLock(path, self)(() => Promise.reject(new Error("no")));
    await expect(fails).rejects.toThrow("no");
    expect(await readdir(directory)).toEqual([]);
  });

  it("left behind by a process that has ended is taken at once, by one of many", async () => {
    await heldBy(NOBODY);
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

  it("left half written is taken once it is old", async () => {
    await writeFile(path, "");
    const longAgo = new Date(Date.now() - 46_000);
    await utimes(path, longAgo, longAgo);
    expect(await getsIt()).toBe(true);
  });

  it("of a process that runs is waited for", async () => {
    await heldBy(process.pid);
    const got = fileLock(path, self)(async () => "got it");
    await expect(Promise.race([got, wait(300)])).resolves.toBeUndefined();
    await rm(path);
    expect(await got).toBe("got it");
  });

  it("of another machine is waited for, whatever runs here under that number", async () => {
    await heldBy(NOBODY, "elsewhere");
    const got = fileLock(path, self)(async () => "got it");
    await expect(Promise.race([got, wait(300)])).resolves.toBeUndefined();
    await rm(path);
    expect(await got).toBe("got it");
  });

  it("that another took for left behind is not taken from them", async () => {
    await fileLock(
      path,
      self,
    )(async () => {
      await heldBy(process.pid, "the one who took it");
    });
    expect(await readdir(directory)).toEqual(["credentials.lock"]);
  });
});
