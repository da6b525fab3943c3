import { lstat, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { query } from "./query.ts";
import { start } from "./start.ts";
import { sharedDirectory, temporaryDirectory } from "./temporary-directory.ts";

/** A directory name that exceeds the maximum length of a socket's path. */
const dataDir = join(await sharedDirectory(), "a-long-name".repeat(12), "postgres");

test("no other user can reach the socket, and the path of the data can have any length", async () => {
  const { owner } = await start({ dataDir });
  expect((await lstat(owner.host)).mode & 0o777).toBe(0o700);
  expect(owner.password).toBeUndefined();
  expect(await query(owner, "SELECT 1")).toEqual([[1]]);
});

test("a database can be used over a socket and then over TCP, with an unchanged password", async () => {
  const overSocket = await start({ dataDir });
  await query(overSocket.owner, "CREATE TABLE kept AS SELECT 'yes' AS word");
  await overSocket.stop();

  const overTcp = await start({ dataDir, transport: "tcp" });
  expect(overTcp.owner).toMatchObject({ host: "127.0.0.1", password: expect.stringMatching(/^[\w-]{43}$/) });
  expect(await query(overTcp.owner, "SELECT word FROM kept")).toEqual([["yes"]]);
  const listening = "SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories')";
  expect(await query(overTcp.owner, listening)).toEqual([["127.0.0.1", ""]]);
  await expect(query({ ...overTcp.owner, password: "guess" }, "SELECT 1")).rejects.toThrow("password");
  await overTcp.stop();

  const again = await start({ dataDir, transport: "tcp" });
  expect(again.owner.password).toBe(overTcp.owner.password);
  expect(await query(again.owner, "SELECT word FROM kept")).toEqual([["yes"]]);
  await again.stop();

  await rm(join(dataDir, "owner-password"));
  const renewed = await start({ dataDir, transport: "tcp" });
  expect(renewed.owner.password).not.toBe(overTcp.owner.password);
  expect(await query(renewed.owner, "SELECT word FROM kept")).toEqual([["yes"]]);
  await renewed.stop();

  const backOnSocket = await start({ dataDir });
  expect(await query(backOnSocket.owner, "SELECT word FROM kept")).toEqual([["yes"]]);
});

test.skipIf(process.platform !== "linux")(
  "the password is in no command line, environment or log",
  async () => {
    const log: string[] = [];
    const { owner } = await start({ dataDir, transport: "tcp", onLog: (line) => log.push(line) });
    await expect(query({ ...owner, password: "guess" }, "SELECT 1")).rejects.toThrow("password");
    const password = owner.password ?? "none";
    expect(password).toHaveLength(43);

    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const files = pids.flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]);
    const shown = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
    expect(
      shown.some((text) => text.includes(dataDir)),
      "the search includes PostgreSQL",
    ).toBe(true);
    expect(shown.filter((text) => text.includes(password))).toEqual([]);
    expect(log.join("\n")).toContain("ready to accept connections");
    expect(log.join("\n")).not.toContain(password);
  },
);

test("the server uses TCP when the path of a socket would be too long", async () => {
  const directory = await temporaryDirectory();
  const before = process.env["TMPDIR"];
  const longTmp = join(directory, "t".repeat(100));
  await mkdir(longTmp);
  onTestFinished(() => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  });
  process.env["TMPDIR"] = longTmp;
  expect(tmpdir()).toBe(longTmp);
  const { owner } = await start({ dataDir });
  expect(owner.host).toBe("127.0.0.1");
  expect(await query(owner, "SELECT 1")).toEqual([[1]]);
  expect(await readdir(longTmp)).toEqual([]);
});
