import { lstat, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { startEmbeddedPostgres } from "../../src/embedded/index.ts";
import { becomes, isRunning, pidsWith } from "./processes.ts";
import { query } from "./query.ts";
import { spawnServer } from "./spawn-server.ts";
import { start } from "./start.ts";
import { sharedDirectory, temporaryDirectory } from "./temporary-directory.ts";

test("the first start creates a durable database with UTF-8 and UTC that does not listen on the network", async () => {
  const dataDir = join(await temporaryDirectory(), "new", "postgres");
  const postgres = await start({ dataDir, settings: { fsync: "on" } });
  const settings = await query(
    postgres.owner,
    `SELECT current_user, current_setting('server_encoding'), current_setting('fsync'),
            current_setting('timezone'), current_setting('max_connections'), current_setting('listen_addresses')`,
  );
  expect(settings).toEqual([["projo_owner", "UTF8", "on", "UTC", "100", ""]]);
  expect(postgres.version).toMatch(/^18\./);
  expect((await lstat(dataDir)).mode & 0o067, "closed to others").toBe(0);
  expect((await lstat(join(dataDir, "cluster"))).mode & 0o077).toBe(0);
  expect((await lstat(join(dataDir, "owner-password"))).mode & 0o777).toBe(0o600);
});

const shared = join(await sharedDirectory(), "postgres");

test("search ignores case for the letters of every language", async () => {
  const postgres = await start({ dataDir: shared });
  const found = await query(
    postgres.owner,
    "SELECT 'ÉTÉ ÄÖß ДОМ' ILIKE '%été%', 'ДОМ' ILIKE 'дом', lower('ÇŞ')",
  );
  expect(found).toEqual([[true, true, "çş"]]);
  await query(postgres.owner, "CREATE EXTENSION pg_trgm");
  expect(await query(postgres.owner, "SELECT similarity('Дом', 'дом')")).toEqual([[1]]);
});

const CLUSTER = "SELECT system_identifier::text FROM pg_control_system()";

test("stop leaves only the data, and the next start uses the same cluster", async () => {
  const dataDir = shared;
  const first = await start({ dataDir });
  await query(first.owner, "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 'yes' AS word");
  const cluster = await query(first.owner, CLUSTER);
  await Promise.all([first.stop(), first.stop()]);

  expect(isRunning(first.pid)).toBe(false);
  expect(pidsWith(first.owner.host), "no guard").toEqual([]);
  await expect(lstat(first.owner.host)).rejects.toThrow("ENOENT");
  expect((await readdir(dataDir)).toSorted()).toEqual(["cluster", "owner-password", "pg_hba.conf"]);

  // The same cluster, so the start made no new one. `pnpm bench start` measures how long a start takes.
  const again = await start({ dataDir });
  expect(await query(again.owner, "SELECT word FROM kept")).toEqual([["yes"]]);
  expect(await query(again.owner, CLUSTER)).toEqual(cluster);
  await again.stop();
});

test("a start succeeds after a server was killed during its first start", async () => {
  const dataDir = join(await temporaryDirectory(), "postgres");
  const server = spawnServer({ dataDir });
  const isHalfMade = async () =>
    (await readdir(dataDir).catch(() => [])).some((name) => name.includes(".new-"));
  expect(await becomes(async () => (await isHalfMade()) && !(await isWhole(dataDir)))).toBe(true);
  server.child.kill("SIGKILL");
  await server.stop();
  expect(await isHalfMade()).toBe(true);

  const postgres = await start({ dataDir });
  expect(await query(postgres.owner, "SELECT 1")).toEqual([[1]]);
  expect((await readdir(dataDir)).toSorted()).toEqual(["cluster", "lock", "owner-password", "pg_hba.conf"]);
});

test("a start reports files that are not a database and does not change them", async () => {
  const dataDir = join(await temporaryDirectory(), "postgres");
  await mkdir(join(dataDir, "cluster"), { recursive: true });
  await writeFile(join(dataDir, "cluster", "diary"), "dear");
  await expect(start({ dataDir })).rejects.toMatchObject({
    code: "init_failed",
    message: expect.stringContaining("restore it from a backup"),
  });
  expect(await readdir(dataDir)).toEqual(["cluster"]);
});

test("the server notices when PostgreSQL is killed, and committed data remains after the next start", async () => {
  const dataDir = shared;
  const first = await start({ dataDir });
  await query(first.owner, "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 'yes' AS word");
  process.kill(first.pid, "SIGKILL");
  expect((await first.crashed).message).toContain("SIGKILL");
  await first.stop();
  await expect(lstat(first.owner.host)).rejects.toThrow("ENOENT");

  const second = await start({ dataDir });
  expect(await query(second.owner, "SELECT word FROM kept")).toEqual([["yes"]]);
});

test("a start that fails gives the reason in one line, and leaves no process and no lock", async () => {
  const dataDir = shared;
  const failure = startEmbeddedPostgres({ dataDir, settings: { fsync: "off", shared_buffers: "banana" } });
  const message = /^PostgreSQL did not start on .*banana.*set DATABASE_URL to a PostgreSQL server\.$/;
  await expect(failure).rejects.toMatchObject({
    code: "start_failed",
    message: expect.stringMatching(message),
  });
  expect(await readdir(dataDir)).not.toContain("lock");
  expect(pidsWith(dataDir)).toEqual([]);
});

async function isWhole(dataDir: string): Promise<boolean> {
  return (await readdir(dataDir)).includes("cluster");
}
