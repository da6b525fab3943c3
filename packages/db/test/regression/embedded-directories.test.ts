// The embedded database works in every directory that PostgreSQL supports. For the others, one line says what to do.
import { chmod, chown, cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startEmbeddedPostgres } from "../../src/embedded/index.ts";
import { query } from "../embedded/query.ts";
import { spawnServer } from "../embedded/spawn-server.ts";
import { start } from "../embedded/start.ts";
import { sharedDirectory, temporaryDirectory } from "../embedded/temporary-directory.ts";

const isRoot = process.getuid?.() === 0;
const isPosix = process.platform !== "win32";

const made = join(await sharedDirectory(), "postgres");

/** A copy of a stopped database, to damage. */
async function copyOfDatabase(): Promise<string> {
  if (!(await stat(made).catch(() => undefined))) {
    const settings = { fsync: "off" };
    await (await startEmbeddedPostgres({ dataDir: made, settings })).stop();
  }
  const copy = join(await temporaryDirectory(), "postgres");
  // Node's cp does not keep the owner.
  await cp(made, copy, { recursive: true, preserveTimestamps: true });
  const { uid, gid } = await stat(join(made, "cluster"));
  if (isRoot) await ownAll(copy, uid, gid);
  return copy;
}

async function ownAll(directory: string, uid: number, gid: number): Promise<void> {
  const entries = await readdir(directory, { recursive: true });
  await Promise.all(entries.map((name) => chown(join(directory, name), uid, gid)));
}

describe.skipIf(!isPosix)("the database works", () => {
  test.each([
    ["a space and quotes", `it's "here" now`],
    ["letters of other languages", "größe-日本-дом"],
    ["signs with a meaning in shells and URLs", "$HOME %41 & ; | # = , \\"],
    ["a line break", "two\nlines"],
    ["200 characters in three names", ["a", "b", "c"].map((letter) => letter.repeat(200)).join("/")],
    ["a step upwards", "missing/../real"],
  ])("in a directory with %s in its name", async (_, name) => {
    const postgres = await start({ dataDir: `${await temporaryDirectory()}/${name}/postgres` });
    expect(await query(postgres.owner, "SELECT 1")).toEqual([[1]]);
  });

  test("with a temporary directory whose name has a comma and a quote", async () => {
    const directory = join(await temporaryDirectory(), 'a,b"c');
    await mkdir(directory);
    await chmod(directory, 0o711);
    const server = spawnServer({ dataDir: made }, { env: { TMPDIR: directory } });
    const { event, owner } = await server.next();
    expect(event).toBe("ready");
    expect(owner.host).toContain(directory);
    expect(await query(owner, "SELECT 1")).toEqual([[1]]);
    await server.stop();
  });

  test("after a volume gave its group access to the cluster, and reports the correction", async () => {
    const dataDir = await copyOfDatabase();
    const cluster = join(dataDir, "cluster");
    await chmod(cluster, 0o2770);
    const warnings: string[] = [];
    const postgres = await start({ dataDir, onWarning: (message) => warnings.push(message) });
    expect(await query(postgres.owner, "SELECT 1")).toEqual([[1]]);
    expect((await stat(cluster)).mode & 0o777).toBe(0o700);
    expect(warnings).toEqual([expect.stringContaining(`${cluster} (mode 770)`)]);
  });
});

/** The message of a start that fails, which is one line. */
async function refusal(dataDir: string): Promise<string> {
  const error = await startEmbeddedPostgres({ dataDir, settings: { fsync: "off" } }).then(
    (postgres) => postgres.stop().then(() => "The database started."),
    (failure: Error) => failure,
  );
  if (typeof error === "string") return error;
  expect(error.name).toBe("EmbeddedPostgresError");
  expect(error.message).not.toContain("\n");
  return error.message;
}

const ELSEWHERE = /, or set PROJO_DATA_DIR to another directory\.$/;

describe.skipIf(!isPosix)("one line says what to do", () => {
  test("for a file in place of the directory", async () => {
    const file = join(await temporaryDirectory(), "file");
    await writeFile(file, "");
    expect(await refusal(file)).toMatch(ELSEWHERE);
    expect(await refusal(join(file, "postgres"))).toContain("is a file and not a directory");
  });

  test("for a symbolic link to nothing", async () => {
    const link = join(await temporaryDirectory(), "link");
    await symlink("/missing/too", link);
    expect(await refusal(link)).toContain("a symbolic link to nothing");
    expect(await refusal(join(link, "postgres"))).toMatch(ELSEWHERE);
  });

  test.runIf(process.platform === "linux")("for a place where no directory can be created", async () => {
    // In a process of its own: Node's own function for this never returns, and blocks its process.
    const server = spawnServer({ dataDir: "/proc/projo/postgres" });
    expect(await server.next()).toMatchObject({
      event: "failed",
      message: expect.stringContaining("no directory can be created there"),
    });
    await server.stop();
  });

  test("for a path that is too long for PostgreSQL", async () => {
    const long = join(await temporaryDirectory(), ...Array.from({ length: 5 }, () => "y".repeat(200)));
    expect(await refusal(long)).toMatch(
      /PostgreSQL supports at most \d+: set PROJO_DATA_DIR to a directory with a shorter/,
    );
  });

  test("for the files of another PostgreSQL, which stay unchanged", async () => {
    const dataDir = join(await copyOfDatabase(), "cluster");
    expect(await refusal(dataDir)).toContain("contains the files of another PostgreSQL database");
    await expect(stat(join(dataDir, "lock"))).rejects.toThrow("ENOENT");
  });

  test.each([
    ["15", /belongs to PostgreSQL 15, .*dump it with PostgreSQL 15 \(pg_dump\)/],
    ["99", /belongs to PostgreSQL 99, .*start it with the newer build/],
  ])("for a database of PostgreSQL %s", async (version, message) => {
    const dataDir = await copyOfDatabase();
    await writeFile(join(dataDir, "cluster", "PG_VERSION"), `${version}\n`);
    expect(await refusal(dataDir)).toMatch(message);
    expect(await readFile(join(dataDir, "cluster", "PG_VERSION"), "utf8")).toBe(`${version}\n`);
  });

  test.each(["PG_VERSION", "postgresql.conf", "pg_wal"])("for a database without its %s", async (name) => {
    const dataDir = await copyOfDatabase();
    await rm(join(dataDir, "cluster", name), { recursive: true });
    expect(await refusal(dataDir)).toMatch(
      /files of the database are missing or damaged\. Restore .* from a backup/,
    );
  });

  test.runIf(isRoot)("for a database that belongs to another user", async () => {
    const dataDir = await copyOfDatabase();
    await chown(dataDir, 65_534, 65_534);
    await chmod(dataDir, 0o777);
    await ownAll(dataDir, 4321, 4321);
    const server = spawnServer({ dataDir }, { user: { uid: 65_534, gid: 65_534 } });
    const { message } = await server.next();
    expect(message).toContain("belongs to uid 4321, and the server runs as uid 65534");
    expect(message).toContain(`chown -R 65534 ${dataDir}`);
    await server.stop();
    // The step helps.
    await ownAll(dataDir, 65_534, 65_534);
    const again = spawnServer({ dataDir }, { user: { uid: 65_534, gid: 65_534 } });
    expect(await again.next()).toMatchObject({ event: "ready" });
    await again.stop();
  });
});
