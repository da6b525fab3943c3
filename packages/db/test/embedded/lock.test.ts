import { spawn } from "node:child_process";
import { lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { takeLock } from "../../src/embedded/lock.ts";
import { query } from "./query.ts";
import { spawnServer } from "./spawn-server.ts";
import { start } from "./start.ts";
import { sharedDirectory, temporaryDirectory } from "./temporary-directory.ts";

/** No system gives this one out. */
const deadPid = 2_147_483_647;

const dataDir = join(await sharedDirectory(), "postgres");

test("a second server on the same data is told who has it and what to do, in one line", async () => {
  const server = spawnServer({ dataDir });
  expect(await server.next()).toMatchObject({ event: "ready" });
  await expect(start({ dataDir })).rejects.toMatchObject({
    code: "in_use",
    message: `The database in ${dataDir} is in use by process ${server.child.pid}: stop that process, or set PROJO_DATA_DIR to another directory.`,
  });
  await server.stop();
  expect(await query((await start({ dataDir })).owner, "SELECT 1")).toEqual([[1]]);
});

test("of eight servers that start at once after a crash exactly one gets the database", async () => {
  const fresh = join(await temporaryDirectory(), "postgres");
  await mkdir(fresh);
  await leaveLock(join(fresh, "lock"), { pid: deadPid, startedAt: "" });
  const servers = Array.from({ length: 8 }, () => spawnServer({ dataDir: fresh }));
  const outcomes = await Promise.all(servers.map((server) => server.next()));
  expect(outcomes.map(({ event, code }) => code ?? event).toSorted()).toEqual([
    ...Array.from({ length: 7 }, () => "in_use"),
    "ready",
  ]);
  const winner = outcomes.find(({ event }) => event === "ready");
  expect(winner && (await query(winner.owner, "SELECT 1"))).toEqual([[1]]);
});

test("of thirty who find the same stale lock exactly one takes it over", async () => {
  const directory = await temporaryDirectory();
  for (let round = 0; round < 4; round++) {
    const path = join(directory, `lock-${round}`);
    await leaveLock(path, { pid: deadPid, startedAt: "" });
    const attempts = await Promise.allSettled(Array.from({ length: 30 }, () => takeLock(path, directory)));
    const taken = attempts.filter((attempt) => attempt.status === "fulfilled");
    expect(taken).toHaveLength(1);
    for (const { value } of taken) await value.release();
  }
  expect(await readdir(directory)).toEqual([]);
});

test.each([
  ["a process that died", { pid: deadPid, startedAt: "" }],
  ["a process whose number another one has by now", { pid: process.pid, startedAt: "an-earlier-boot:42" }],
])("the lock of %s is recovered", async (_, holder) => {
  const path = join(await temporaryDirectory(), "lock");
  await leaveLock(path, holder);
  const lock = await takeLock(path, "the data");
  await expect(takeLock(path, "the data")).rejects.toMatchObject({ code: "in_use" });
  await lock.release();
  await expect(lstat(path)).rejects.toThrow("ENOENT");
});

test("a lock that a failing disk left unreadable is recovered", async () => {
  const path = join(await temporaryDirectory(), "lock");
  await writeFile(path, "\0\0\0");
  await (await takeLock(path, "the data")).release();
  await expect(lstat(path)).rejects.toThrow("ENOENT");
});

test("a recovery that was interrupted is recovered", async () => {
  const path = join(await temporaryDirectory(), "lock");
  await leaveLock(path, { pid: deadPid, startedAt: "" });
  await leaveLock(`${path}.abc123`, { pid: deadPid, startedAt: "" });
  await (await takeLock(path, "the data")).release();
  await expect(lstat(`${path}.abc123`)).rejects.toThrow("ENOENT");
});

test("a postmaster.pid that names a dead or an unrelated process does not stand in the way", async () => {
  const first = await start({ dataDir });
  const pidFile = join(dataDir, "cluster", "postmaster.pid");
  const [, ...lines] = (await readFile(pidFile, "utf8")).split("\n");
  const { uid, gid } = await lstat(join(dataDir, "cluster"));
  process.kill(first.pid, "SIGKILL");
  await first.crashed;
  await first.stop();

  // Same user, so that PostgreSQL itself would take it for a running server.
  const bystander = spawn("sleep", ["60"], { uid, gid });
  onTestFinished(() => void bystander.kill());
  for (const pid of [bystander.pid, deadPid]) {
    await writeFile(pidFile, [pid, ...lines].join("\n"));
    const postgres = await start({ dataDir });
    expect(await query(postgres.owner, "SELECT 1")).toEqual([[1]]);
    await postgres.stop();
  }
  expect(bystander.exitCode).toBe(null);
  expect(bystander.signalCode).toBe(null);
});

async function leaveLock(path: string, holder: { pid: number; startedAt: string }): Promise<void> {
  await writeFile(path, JSON.stringify({ ...holder, token: "abc123" }));
}
