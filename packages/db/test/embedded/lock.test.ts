import { spawn } from "node:child_process";
import { lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { takeLock } from "../../src/embedded/lock.ts";
import { query } from "./query.ts";
import { spawnServer } from "./spawn-server.ts";
import { start } from "./start.ts";
import { sharedDirectory, temporaryDirectory } from "./temporary-directory.ts";

/** A pid that no system uses. */
const deadPid = 2_147_483_647;

const dataDir = join(await sharedDirectory(), "postgres");

test("the error of a second server on the same data names the first process and says what to do, in one line", async () => {
  const server = spawnServer({ dataDir });
  expect(await server.next()).toMatchObject({ event: "ready" });
  await expect(start({ dataDir })).rejects.toMatchObject({
    code: "in_use",
    message: `The database in ${dataDir} is in use by process ${server.child.pid}: stop that process, or set PROJO_DATA_DIR to another directory.`,
  });
  await server.stop();
  expect(await query((await start({ dataDir })).owner, "SELECT 1")).toEqual([[1]]);
});

test("exactly one of eight servers that start concurrently after a crash gets the database", async () => {
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

test("exactly one of thirty processes that find the same stale lock replaces it", async () => {
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
  ["a process whose pid was reused", { pid: process.pid, startedAt: "an-earlier-boot:42" }],
])("recovers the lock of %s", async (_, holder) => {
  const path = join(await temporaryDirectory(), "lock");
  await leaveLock(path, holder);
  const lock = await takeLock(path, "the data");
  await expect(takeLock(path, "the data")).rejects.toMatchObject({ code: "in_use" });
  await lock.release();
  await expect(lstat(path)).rejects.toThrow("ENOENT");
});

test("recovers a lock that a disk failure made unreadable", async () => {
  const path = join(await temporaryDirectory(), "lock");
  await writeFile(path, "\0\0\0");
  await (await takeLock(path, "the data")).release();
  await expect(lstat(path)).rejects.toThrow("ENOENT");
});

test("recovers a lock after an interrupted recovery", async () => {
  const path = join(await temporaryDirectory(), "lock");
  await leaveLock(path, { pid: deadPid, startedAt: "" });
  await leaveLock(`${path}.abc123`, { pid: deadPid, startedAt: "" });
  await (await takeLock(path, "the data")).release();
  await expect(lstat(`${path}.abc123`)).rejects.toThrow("ENOENT");
});

test("a start succeeds with a postmaster.pid that names an ended or an unrelated process", async () => {
  const first = await start({ dataDir });
  const pidFile = join(dataDir, "cluster", "postmaster.pid");
  const [, ...lines] = (await readFile(pidFile, "utf8")).split("\n");
  const { uid, gid } = await lstat(join(dataDir, "cluster"));
  process.kill(first.pid, "SIGKILL");
  await first.crashed;
  await first.stop();

  // A process of the same user, which PostgreSQL alone would treat as a running server.
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
