// What the built program does with the compiled code of earlier runs.
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
let cache: string;
let compiled: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "projo-cache-"));
  compiled = join(cache, "projo", "compiled");
});

afterEach(() => rm(cache, { recursive: true, force: true }));

/** Returns the output of `projo --help`. @throws Error if the program fails or writes to standard error */
async function help(env: Record<string, string> = {}): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [join(dist, "projo.cjs"), "--help"],
    { env: { PATH: process.env["PATH"], HOME: cache, XDG_CACHE_HOME: cache, ...env } },
  );
  expect(stderr).toBe("");
  return stdout;
}

/** The files with compiled code, with the time when each was written. */
async function files(): Promise<Record<string, number>> {
  const names = await readdir(compiled).catch(() => []);
  const entries = names.map(async (name) => [name, (await stat(join(compiled, name))).mtimeMs] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function fileOfMain(): Promise<string> {
  const name = Object.keys(await files()).find((each) => each.startsWith("main-"));
  if (name === undefined) throw new Error("The code of the main file was not kept.");
  return join(compiled, name);
}

it("keeps the code of each file for the user alone, and writes nothing in a run that compiles nothing", async () => {
  const first = await help();
  const kept = await files();
  expect(Object.keys(kept).map((name) => name.replace(/-.*$/, ""))).toEqual(["main", "rolldown"]);
  expect((await stat(compiled)).mode & 0o777).toBe(0o700);
  expect((await stat(await fileOfMain())).mode & 0o777).toBe(0o600);
  expect(await help()).toBe(first);
  expect(await files()).toEqual(kept);
});

it("compiles a file again if its code is cut off, empty, or changed in one bit", async () => {
  const expected = await help();
  const file = await fileOfMain();
  const code = await readFile(file);
  const changed = [100, code.length >> 1, code.length - 1].map((at) =>
    Buffer.from(code.map((byte, index) => (index === at ? byte ^ 1 : byte))),
  );
  const cut = [0, 2, code.length >> 1, code.length - 1].map((length) => code.subarray(0, length));
  for (const damaged of [...cut, ...changed, Buffer.alloc(code.length)]) {
    await writeFile(file, damaged);
    expect(await help()).toBe(expected);
    const kept = await readFile(file);
    expect(kept.readUInt32LE(kept.length - 4)).toBe(crc32(kept.subarray(0, -4)));
  }
});

it("keeps complete files when several first runs end at the same time", async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => help()));
  expect(new Set(all).size).toBe(1);
  const kept = await files();
  expect(Object.keys(kept)).toHaveLength(2);
  expect(await help()).toBe(all[0]);
  expect(await files()).toEqual(kept);
});

const daysAgo = (count: number) => new Date(Date.now() - count * 24 * 60 * 60 * 1000);

it("removes code that was kept more than 30 days ago", async () => {
  await help();
  await utimes(await fileOfMain(), daysAgo(29), daysAgo(29));
  const old = join(compiled, "main-00000000.cjs.v20.0.0-x64");
  await writeFile(old, "");
  await utimes(old, daysAgo(31), daysAgo(31));
  // The next run keeps the code of one file.
  await rm(join(compiled, Object.keys(await files()).find((name) => name.startsWith("rolldown")) ?? ""));
  await help();
  expect(Object.keys(await files()).map((name) => name.replace(/-.*$/, ""))).toEqual(["main", "rolldown"]);
});

it("keeps nothing when the user has disabled the compile cache of Node.js", async () => {
  await help({ NODE_DISABLE_COMPILE_CACHE: "1" });
  expect(await files()).toEqual({});
});

/** Replaces the kept code of the main file with that of another program, which V8 cannot tell from it. */
async function plant(): Promise<void> {
  const file = await fileOfMain();
  const source = await readFile(join(dist, basename(file).replace(/\.cjs\..*$/, ".cjs")), "utf8");
  const other = source.replaceAll("Create, list, show", "Planted code shows");
  expect(other).not.toBe(source);
  const script = new Script(`(function(exports,require,module){${other}\n})`);
  const code = script.createCachedData();
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(code));
  await writeFile(file, Buffer.concat([code, checksum]));
}

it.skipIf(process.platform === "win32")(
  "runs no compiled code from a directory that other users can write",
  async () => {
    const expected = await help();
    await plant();
    // The directory of the user alone: the program runs what it contains.
    expect(await help()).toContain("Planted code shows");
    for (const mode of [0o720, 0o702, 0o777]) {
      await chmod(compiled, mode);
      const planted = await files();
      expect(await help()).toBe(expected);
      expect(await files()).toEqual(planted);
    }
  },
);

it.skipIf(process.geteuid?.() !== 0)("runs no compiled code from a directory of another user", async () => {
  const expected = await help();
  await plant();
  await promisify(execFile)("chown", ["65534", compiled]);
  expect(await help()).toBe(expected);
});
