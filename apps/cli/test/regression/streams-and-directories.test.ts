// The built program with outputs, directories and users as they are in containers, CI jobs and on full disks.
import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Outcome, PASSWORD } from "../kit.ts";

const bin = fileURLToPath(new URL("../../bin/projo.js", import.meta.url));
const hasFull = spawnSync("test", ["-c", "/dev/full"]).status === 0;
const isRoot = process.getuid?.() === 0;
const canMount = isRoot && spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

let server: TestServer;
let home: string;

beforeAll(async () => {
  server = await startTestServer();
  home = await mkdtemp(join(tmpdir(), "projo-home-"));
  await chmod(home, 0o711);
  await expectDone(`printf '%s' '${PASSWORD}' | projo signup ann@example.com --password-stdin`);
  await expectDone("projo workspaces create Acme");
  await expectDone("projo projects create Website");
});

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
  await server?.close();
});

/** Runs a line of a shell, in which `projo` is the program. */
function shell(line: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env["PATH"], HOME: home, PROJO_URL: server.url };
    const script = `projo() { "$NODE" "$BIN" "$@"; }; ${line}`;
    const child = spawn("sh", ["-c", script], {
      env: { ...env, NODE: process.execPath, BIN: bin },
      cwd: home,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const written = { out: "", err: "" };
    child.stdout.on("data", (text: Buffer) => (written.out += text.toString()));
    child.stderr.on("data", (text: Buffer) => (written.err += text.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, ...written }));
  });
}

async function expectDone(line: string): Promise<void> {
  const { code, err } = await shell(line);
  if (code !== 0) throw new Error(`${line} ended with ${code}: ${err}`);
}

const FULL_OUTPUT =
  "The output cannot be written: the disk is full. Free some space, or write it to another file. The command itself may have been carried out.";

describe.skipIf(!hasFull)(`a full output${hasFull ? "" : " (skipped: there is no /dev/full)"}`, () => {
  it.each(["projects list", "--help", "--version", "audit export"])(
    "is named in one line by projo %s",
    async (command) => {
      expect(await shell(`projo ${command} > /dev/full`)).toEqual({
        code: 1,
        out: "",
        err: `projo: ${FULL_OUTPUT}\n`,
      });
    },
  );

  it("the error is JSON with --json", async () => {
    const { code, err } = await shell("projo projects list --json > /dev/full");
    expect(code).toBe(1);
    expect(JSON.parse(err)).toEqual({ error: { reason: "cli.output_unwritable", message: FULL_OUTPUT } });
  });

  it("of errors does not change the exit code", async () => {
    expect((await shell("projo taks 2> /dev/full")).code).toBe(2);
    expect((await shell("projo tasks list --workspace Nowhere 2> /dev/full")).code).toBe(1);
  });
});

const inDeleted = (command: string) => shell(`mkdir gone && cd gone && rmdir ../gone && projo ${command}`);

describe("a deleted working directory", () => {
  it("a command without files works", async () => {
    expect(await inDeleted("projects list --json")).toMatchObject({ code: 0, err: "" });
  });

  it("a command with a file names the working directory", async () => {
    expect(await inDeleted("audit export --out audit.ndjson")).toEqual({
      code: 1,
      out: "",
      err: "projo: The working directory no longer exists. Change to another directory, then run the command again.\n",
    });
  });
});

describe("a home directory", () => {
  it.runIf(process.platform === "linux")(
    "that can have no files is named before the password is sent",
    async () => {
      const login = `printf '%s' '${PASSWORD}' | HOME=/proc projo login ann@example.com --password-stdin`;
      expect(await shell(login)).toEqual({
        code: 1,
        out: "",
        err: "projo: /proc/.config/projo/credentials.json cannot be written: its directory does not exist and cannot be created. Set PROJO_CONFIG_DIR to another directory.\n",
      });
    },
  );

  const reason = isRoot ? "" : " (skipped: this test needs root)";
  it.skipIf(!isRoot)(`is not needed with a token, and named when it is needed${reason}`, async () => {
    // A user id without a passwd entry, as containers have it.
    const unnamed = 'setpriv --reuid 1000650000 --regid 0 --clear-groups env -u HOME "$NODE" "$BIN"';
    const health = await shell(`${unnamed} call system.health`);
    expect(health).toMatchObject({ code: 0, err: "" });
    const login = `printf '%s' '${PASSWORD}' | ${unnamed} login ann@example.com --password-stdin`;
    expect(await shell(login)).toEqual({
      code: 1,
      out: "",
      err: "projo: Your user has no home directory, so the sign-in cannot be stored. Set HOME or PROJO_CONFIG_DIR to a directory of yours.\n",
    });
  });
});

/** Runs a line with a small disk at `home/disk` that has a copy of the sign-in. */
const onDisk = (options: string, line: string) =>
  shell(
    `mkdir -p disk && export NODE BIN && unshare -m sh -c 'mount -t tmpfs -o ${options} tmpfs disk && ${line.replaceAll("'", "'\\''")}'`,
  );

const reason = canMount ? "" : " (skipped: these tests need root, unshare and mount)";

describe.skipIf(!canMount)(`a disk for the credentials${reason}`, () => {
  const copy = "mkdir disk/c && cp .config/projo/credentials.json disk/c/";
  const fill = "{ dd if=/dev/zero of=disk/filler bs=1k count=200 2> /dev/null || true; }";
  const use = 'PROJO_CONFIG_DIR=$PWD/disk/c "$NODE" "$BIN" workspaces use Acme';

  it("a command names a full disk, and leaves the sign-in and no lock", async () => {
    const { code, out, err } = await onDisk(
      "size=32k",
      `${copy} && ${fill}; ${use}; echo "ended with $?"; ls -A disk/c; rm disk/filler; ${use}; cmp -s .config/projo/credentials.json disk/c/credentials.json && echo same`,
    );
    expect(code).toBe(0);
    expect(out).toBe("ended with 1\ncredentials.json\nsame\n");
    expect(err).toMatch(
      /^projo: .*\/disk\/c\/credentials\.json cannot be written: the disk is full\. Free some space, or set PROJO_CONFIG_DIR to another directory\.\nSelected the workspace Acme/,
    );
  });

  it("a command names a read-only disk, and the sign-in can still be used", async () => {
    const { out, err } = await onDisk(
      "size=32k",
      `${copy} && mount -o remount,ro disk && ${use}; echo "ended with $?"; PROJO_CONFIG_DIR=$PWD/disk/c "$NODE" "$BIN" projects list --json | grep -c Website`,
    );
    expect(out).toBe("ended with 1\n1\n");
    expect(err).toMatch(
      /credentials\.json cannot be written: the file system is read-only\. Set PROJO_CONFIG_DIR/,
    );
  });
});

it("ends no session when it cannot delete the tokens", async () => {
  const { code, err } = await shell("ulimit -f 0; projo logout --everywhere");
  expect([code, err]).toEqual([1, expect.stringContaining("credentials.json cannot be written")]);
  expect(await shell("projo projects list --quiet")).toMatchObject({ code: 0, err: "" });
});

it("leaves no empty lock where no file can get any content", async () => {
  const { code, err } = await shell("ulimit -f 0; projo workspaces use Acme");
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(
      /^projo: .*credentials\.json cannot be written: your limit on the size of files is too low \(ulimit -f\)\. Raise the limit, or set PROJO_CONFIG_DIR/,
    ),
  ]);
  expect(await readdir(join(home, ".config", "projo"))).toEqual(["credentials.json"]);
});

it("ends at a stop signal while it waits for the writer of a named pipe", async () => {
  const line = 'mkfifo pipe; timeout -k 20 1 "$NODE" "$BIN" whoami --ca-file pipe; echo "ended with $?"';
  // 137 would be the code after SIGKILL.
  expect((await shell(line)).out).toBe("ended with 124\n");
});

it("leaves no file beside the credentials", async () => {
  await mkdir(join(home, ".config", "projo"), { recursive: true });
  expect(await readdir(join(home, ".config", "projo"))).toEqual(["credentials.json"]);
});

describe("standard input", () => {
  it.each([
    "login ann@example.com --password-stdin",
    "tasks import -",
    "call tasks.list -",
    "audit verify -",
  ])("is named in the error of projo %s if it is a directory", async (command) => {
    expect(await shell(`projo ${command} < .`)).toEqual({
      code: 2,
      out: "",
      err: "projo: Standard input is a directory. Pipe in a file.\n",
    });
  });

  it("is empty if it is closed", async () => {
    const { code, err } = await shell("projo login ann@example.com --password-stdin <&-");
    expect([code, err]).toEqual([2, "projo: Standard input is empty. Pipe in the password.\n"]);
  });
});

it("exits with 0 when the reader of the output has closed the pipe", async () => {
  const line = `{ projo call audit.list '{}'; echo "ended with $?" >&2; } | true`;
  expect((await shell(line)).err).toBe("ended with 0\n");
});

// Node.js opens /dev/null for a closed output, and programs start others with /dev/null in the same way, so neither is an error.
it("a closed output is as /dev/null: the command succeeds, and nothing is written into another file", async () => {
  expect(await shell("projo projects list --json >&-")).toEqual({ code: 0, out: "", err: "" });
  expect((await shell("projo taks >&-")).code).toBe(2);
  expect((await shell("projo whoami")).code).toBe(0);
});

describe("a closed standard error", () => {
  it("changes neither the output nor the exit code", async () => {
    const { code, out } = await shell("projo projects list --json 2>&-");
    expect([code, (JSON.parse(out) as { items: unknown[] }).items]).toEqual([0, [expect.anything()]]);
    expect((await shell("projo taks 2>&-")).code).toBe(2);
  });
});

describe("a HOME that cannot exist", () => {
  const TO_CONFIG = "Set PROJO_CONFIG_DIR to another directory.";

  it.each([
    [
      "/dev/null/x",
      `/dev/null/x/.config/projo/credentials.json cannot be written: a part of its path is a file, not a directory. ${TO_CONFIG}`,
    ],
    [
      "relative",
      "Your user has no home directory, so the sign-in cannot be stored. Set HOME or PROJO_CONFIG_DIR to a directory of yours.",
    ],
  ])("%s is not needed with a token or without a sign-in, and named at a sign-in", async (path, message) => {
    expect(await shell(`HOME=${path} projo call system.health`)).toMatchObject({ code: 0, err: "" });
    expect((await shell(`HOME=${path} projo tasks list`)).code).toBe(4);
    const login = `printf '%s' '${PASSWORD}' | HOME=${path} projo login ann@example.com --password-stdin`;
    expect(await shell(login)).toEqual({ code: 1, out: "", err: `projo: ${message}\n` });
  });
});

it("works without a directory for temporary files", async () => {
  expect(await shell("TMPDIR=/nowhere projo projects list --json")).toMatchObject({ code: 0, err: "" });
});
