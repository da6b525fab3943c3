import { once } from "node:events";
import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { becomes, isRunning, pidsWith } from "./processes.ts";
import { query } from "./query.ts";
import { spawnServer } from "./spawn-server.ts";
import { start } from "./start.ts";
import { sharedDirectory } from "./temporary-directory.ts";

const dataDir = join(await sharedDirectory(), "postgres");

test("after a server is killed, its PostgreSQL stops and its socket is removed", async () => {
  const server = spawnServer({ dataDir });
  const { pid, owner } = await server.next();
  await query(owner, "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 'yes' AS word");
  server.child.kill("SIGKILL");

  expect(await becomes(() => !isRunning(pid), 8)).toBe(true);
  expect(await becomes(() => pidsWith(owner.host).length === 0), "the guard ends").toBe(true);
  await expect(lstat(owner.host)).rejects.toThrow("ENOENT");
  expect(await query((await start({ dataDir })).owner, "SELECT word FROM kept")).toEqual([["yes"]]);
});

test("a server can be started again immediately after it was killed", async () => {
  const server = spawnServer({ dataDir });
  const { owner } = await server.next();
  await query(owner, "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 'yes' AS word");
  server.child.kill("SIGKILL");
  await once(server.child, "exit");
  expect(await query((await start({ dataDir })).owner, "SELECT word FROM kept")).toEqual([["yes"]]);
});

test("the database works without its guard, and the next start stops a PostgreSQL that was left running", async () => {
  const server = spawnServer({ dataDir });
  const { pid, owner } = await server.next();
  for (const guard of guards(owner.host)) process.kill(guard, "SIGKILL");
  expect(await becomes(() => guards(owner.host).length === 0)).toBe(true);
  await query(owner, "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 'yes' AS word");
  server.child.kill("SIGKILL");
  await once(server.child, "exit");
  expect(isRunning(pid)).toBe(true);

  const next = await start({ dataDir });
  expect(isRunning(pid)).toBe(false);
  await expect(lstat(owner.host)).rejects.toThrow("ENOENT");
  expect(await query(next.owner, "SELECT word FROM kept")).toEqual([["yes"]]);

  for (const guard of guards(next.owner.host)) process.kill(guard, "SIGKILL");
  expect(await query(next.owner, "SELECT 1")).toEqual([[1]]);
  await next.stop();
  expect(isRunning(next.pid)).toBe(false);
});

test("Ctrl-C only reaches the server, which finishes its work before it stops the database", async () => {
  const server = spawnServer({ dataDir });
  const { pid, owner } = await server.next();
  // A terminal sends the signal to the whole process group.
  process.kill(-(server.child.pid ?? 0), "SIGINT");
  expect(await server.next()).toMatchObject({ event: "interrupted" });
  expect(guards(owner.host)).toHaveLength(1);
  expect(await query(owner, "SELECT 1")).toEqual([[1]]);

  const exited = once(server.child, "exit");
  await server.stop();
  expect(await exited).toEqual([0, null]);
  expect(isRunning(pid)).toBe(false);
  await expect(lstat(owner.host)).rejects.toThrow("ENOENT");
  await expect(readFile(join(dataDir, "lock"))).rejects.toThrow("ENOENT");
});

function guards(socketDirectory: string): number[] {
  return pidsWith(`projo-guard ${socketDirectory}`);
}
