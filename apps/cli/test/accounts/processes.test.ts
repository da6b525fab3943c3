// The built program: many processes that change one credentials file at the same time, and disks that cannot be written.
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accountsOf, type Credentials, parseCredentials } from "../../src/credentials/credentials.ts";
import { PASSWORD } from "../kit.ts";
import { credentialsPath } from "../stored-tokens.ts";

const program = fileURLToPath(new URL("../../dist/projo.cjs", import.meta.url));
let servers: readonly TestServer[];
let home: string;

beforeAll(async () => {
  servers = await Promise.all([startTestServer(), startTestServer()]);
  home = await mkdtemp(join(tmpdir(), "projo-home-"));
});

afterAll(async () => {
  if (home) await rm(home, { recursive: true });
  for (const server of servers ?? []) await server.close();
});

/** Runs the program. @returns its exit code and what it wrote to stderr */
function projo(...argv: string[]) {
  return new Promise<{ code: number | null; err: string }>((resolve) => {
    const env = { PATH: process.env["PATH"], HOME: home };
    const child = execFile(process.execPath, [program, ...argv], { env }, (_error, _out, err) =>
      resolve({ code: child.exitCode, err }),
    );
    child.stdin?.end(PASSWORD);
  });
}

const done = { code: 0, err: expect.any(String) };

async function stored(): Promise<Credentials> {
  const credentials = parseCredentials(await readFile(credentialsPath(home), "utf8"));
  if (!credentials) throw new Error("The file has another shape.");
  return credentials;
}

it("S2 sign-ins, refreshes, switches and selections of two servers and three accounts keep every account", async () => {
  const [first, second] = servers.map(({ url }) => url) as [string, string];
  const accounts = [
    ["ann@example.com", first],
    ["bob@example.com", first],
    ["ann@example.com", second],
  ] as const;
  const signUps = accounts.map(([email, url]) => projo("signup", email, "--password-stdin", "--url", url));
  expect(await Promise.all(signUps)).toEqual([done, done, done]);
  const commands = accounts.flatMap(([email, url]) => {
    const account = ["--account", email, "--url", url];
    return [
      projo("workspaces", "create", `Of ${email}`, ...account),
      projo("whoami", ...account),
      projo("login", email, "--password-stdin", "--url", url),
      projo("auth", "switch", email, "--url", url),
      projo("auth", "status"),
    ];
  });
  for (const outcome of await Promise.all(commands)) expect(outcome).toEqual(done);
  const credentials = await stored();
  for (const [email, url] of accounts) {
    const account = accountsOf(credentials, url).find((one) => one.email === email);
    expect(account).toMatchObject({ workspace: { name: `Of ${email}` }, session: {} });
  }
  expect(accountsOf(credentials, first)).toHaveLength(2);
  expect(accountsOf(credentials, second)).toHaveLength(1);
  expect(await readdir(join(home, ".config", "projo"))).toEqual(["credentials.json"]);
  expect(await projo("auth", "status")).toEqual(done);
});

const isRoot = process.getuid?.() === 0;
const canMount = isRoot && spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
const reason = canMount ? "" : " (skipped: this test needs root, unshare and mount)";

/** Runs a line with a small disk at $D that holds a copy of the credentials. */
function onDisk(line: string) {
  return new Promise<{ out: string; err: string }>((resolve) => {
    const env = {
      PATH: process.env["PATH"],
      HOME: home,
      NODE: process.execPath,
      BIN: program,
      D: join(home, "disk"),
    };
    const script = `projo() { PROJO_CONFIG_DIR=$D "$NODE" "$BIN" "$@"; }
      mkdir -p $D && mount -t tmpfs -o size=32k tmpfs $D && cp $HOME/.config/projo/credentials.json $D && ${line}`;
    execFile("unshare", ["-m", "sh", "-c", script], { env }, (_error, out, err) => resolve({ out, err }));
  });
}

it.skipIf(!canMount)(
  `on a full or read-only disk, accounts can be used and are not changed${reason}`,
  async () => {
    const [first] = servers.map(({ url }) => url) as [string];
    const bob = `--account bob@example.com --url ${first}`;
    const { out, err } = await onDisk(`{ dd if=/dev/zero of=$D/filler bs=1k count=200 2> /dev/null || true; }
    projo auth switch bob@example.com; echo "full: $?"
    projo whoami ${bob} | head -1
    rm $D/filler; mount -o remount,ro $D
    projo auth switch bob@example.com; echo "read-only: $?"
    projo config set color never; echo "setting: $?"
    projo whoami ${bob} | head -1
    projo doctor | grep '^problem'
    ls -A $D; cmp $D/credentials.json $HOME/.config/projo/credentials.json && echo same`);
    expect(out).toMatch(
      /^full: 1\nbob@example\.com \(.*\)\nread-only: 1\nsetting: 1\nbob@example\.com \(.*\)\nproblem Directory: .*\/disk cannot be used\.\ncredentials\.json\nsame\n$/,
    );
    const messages = err.split("\n").filter((line) => line.startsWith("projo:"));
    expect(messages).toEqual([
      expect.stringContaining("credentials.json cannot be written: the disk is full."),
      expect.stringContaining("credentials.json cannot be written: the file system is read-only."),
      expect.stringContaining("config.json cannot be written: the file system is read-only."),
      "projo: 1 problem found. See the checks marked as problem.",
    ]);
  },
);
