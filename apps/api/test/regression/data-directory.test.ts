// The server starts in every environment that can run it. Otherwise one line names the variable and the next step.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programOf } from "../kit/index.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "projo-data-"));
  // The database's user must reach its files when root runs the test.
  await chmod(directory, 0o711);
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

const { execArgv, file } = programOf();

interface Options {
  /** A shell script that runs the server with `exec "$@"`. */
  readonly through?: string;
  /** A directory that the server deletes after it has made it its working directory. */
  readonly deletedDirectory?: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the server and stops it when it listens. Returns its exit code and what it printed. */
async function start({ through = 'exec "$@"', deletedDirectory, env }: Options) {
  const deletion = deletedDirectory === undefined ? [] : ["--import", deletionOf(deletedDirectory)];
  const program = [process.execPath, ...execArgv, ...deletion, file, "serve"];
  const child = spawn("sh", ["-c", through, "sh", ...program], {
    env: { PATH: process.env["PATH"], HOME: directory, TMPDIR: tmpdir(), PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  let isStopped = false;
  child.stdout.on("data", (chunk: Buffer) => {
    output.stdout += chunk.toString();
    // A second signal would end the server before it has stopped its database.
    if (output.stdout.includes("Stop with Ctrl-C") && !isStopped) isStopped = child.kill("SIGTERM");
  });
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  const [code]: unknown[] = await once(child, "close");
  // Log lines are JSON. The message to the user is text.
  const lines = output.stderr.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
  return { code, lines, stdout: output.stdout };
}

/** A module that runs before the server. The loader of the source needs a working directory before that. */
const deletionOf = (path: string): string =>
  `data:text/javascript,${encodeURIComponent(
    `import { rmdirSync } from "node:fs"; process.chdir(${JSON.stringify(path)}); rmdirSync(${JSON.stringify(path)});`,
  )}`;

describe("the data directory", () => {
  it("the server refuses the directory of the database itself, and changes nothing", async () => {
    const dataDir = join(directory, "own", "postgres");
    await mkdir(join(dataDir, "cluster"), { recursive: true });
    await writeFile(join(dataDir, "owner-password"), "x");
    const { code, lines } = await start({ env: { PROJO_DATA_DIR: dataDir } });
    expect([code, lines]).toEqual([
      1,
      [`PROJO_DATA_DIR: ${dataDir} is the directory of the database itself. Set it to the parent directory.`],
    ]);
    expect((await readdir(dataDir)).toSorted()).toEqual(["cluster", "owner-password"]);
  });

  it("the server refuses a directory with another PostgreSQL database, and changes nothing", async () => {
    const dataDir = join(directory, "other");
    await mkdir(dataDir);
    await writeFile(join(dataDir, "PG_VERSION"), "16\n");
    const { code, lines } = await start({ env: { PROJO_DATA_DIR: dataDir } });
    expect([code, lines]).toEqual([
      1,
      [expect.stringMatching(/^PROJO_DATA_DIR: .* contains the files of a PostgreSQL database/)],
    ]);
    expect(await readdir(dataDir)).toEqual(["PG_VERSION"]);
  });

  it("the error names the file of the keys if it is empty, as after a full disk", async () => {
    const dataDir = join(directory, "empty-keys");
    await mkdir(dataDir);
    await writeFile(join(dataDir, "token-keys"), "");
    const { code, lines } = await start({ env: { PROJO_DATA_DIR: dataDir } });
    expect([code, lines]).toEqual([
      1,
      [
        expect.stringMatching(
          /token-keys contains no valid keys\. Restore it from a backup\. Without a backup, delete it:/,
        ),
      ],
    ]);
  });

  it("the error names a relative data directory if the working directory was deleted", async () => {
    const gone = join(directory, "gone");
    await mkdir(gone);
    const { code, lines } = await start({ deletedDirectory: gone, env: {} });
    expect([code, lines]).toEqual([
      1,
      [
        "PROJO_DATA_DIR is the relative path .projo, and the working directory no longer exists. Change to another directory, or set an absolute path.",
      ],
    ]);
  });

  it.runIf(process.platform === "linux")("is named where no directory can be created", async () => {
    const { code, lines } = await start({ env: { PROJO_DATA_DIR: "/proc/projo" } });
    expect([code, lines]).toEqual([
      1,
      [
        expect.stringMatching(
          /^PROJO_DATA_DIR: .*no directory can be created there.* Choose a directory elsewhere/,
        ),
      ],
    ]);
  });
});

it("ignores the environment variables of PostgreSQL's own clients", async () => {
  const { code, lines, stdout } = await start({
    env: {
      PROJO_DATA_DIR: join(directory, "works"),
      PGSSLMODE: "require",
      PGHOST: "example.com",
      PGUSER: "somebody",
      PGDATA: "/missing",
    },
  });
  expect([code, lines]).toEqual([0, []]);
  expect(stdout).toContain("ProjoStack listens on");
});

const canMount =
  process.getuid?.() === 0 &&
  spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
const reason = canMount ? "" : " (skipped: these tests need root, unshare and mount)";

describe.skipIf(!canMount)(`a full disk${reason}`, () => {
  // The sizes end the start at the keys, at the creation of the database, and at the migration.
  it.each([
    ["4k", /^(?:PROJO_DATA_DIR: the|The) server cannot keep its data .*the disk is full/],
    ["16m", /^PostgreSQL could not create a database in .* \(the disk is full\)/],
    [
      "40m",
      /^PROJO_DATA_DIR: the server cannot keep its data there \(.*: the disk is full\)\. Choose a directory elsewhere, or free at least 200 MB/,
    ],
  ])("of %s is named in one line", async (size, message) => {
    const disk = join(directory, `disk-${size}`);
    await mkdir(disk);
    const mount = `mount -t tmpfs -o size=${size},mode=711 tmpfs '${disk}'`;
    const { code, lines } = await start({
      through: `exec unshare -m sh -c "$0" sh "$@"`.replace("$0", `${mount} && exec \\"\\$@\\"`),
      env: { PROJO_DATA_DIR: join(disk, "data") },
    });
    expect([code, lines]).toEqual([1, [expect.stringMatching(message)]]);
  });
});
