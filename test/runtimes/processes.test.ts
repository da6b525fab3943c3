// Processes that share a session through fileTokenStore. The site counts the refreshes that reach the server.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { eventually, expiredAccessToken, startTestServer, type TestServer } from "@projostack/api/testing";
import { createClient } from "@projostack/sdk";
import { fileTokenStore, type FileTokenStore } from "@projostack/sdk/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildWorkerFromSources } from "./kit/programs.ts";
import { openSite, type Site } from "./kit/site.ts";

const isFull = process.env["PROJO_TEST_FULL"] === "1";
const PROCESSES = 10;

let server: TestServer;
let directory: string;
let program: string;
let site: Site;
let store: FileTokenStore;
let userCount = 0;
let sessionId: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "projo-processes-"));
  program = join(directory, "worker.mjs");
  const [code, started] = await Promise.all([buildWorkerFromSources(), startTestServer()]);
  server = started;
  await writeFile(program, code);
});
afterAll(async () => {
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

beforeEach(async () => {
  site = await openSite(server, { delayMs: { "auth.refresh": 200 } });
  store = fileTokenStore({ path: join(directory, `session-${(userCount += 1)}`, "session.json") });
  const client = createClient({ baseUrl: site.url, tokens: store });
  const { session } = await client.auth.signUp({ email: email(), password: "correct horse battery staple" });
  sessionId = session.id;
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.kill()));
  await site.close();
});

const email = () => `process-${userCount}@example.com`;

async function expire(): Promise<void> {
  const tokens = await store.get();
  if (!tokens) throw new Error("The store is empty.");
  await store.set({ ...tokens, accessToken: await expiredAccessToken(server, sessionId) });
  site.forget();
}

interface Worker {
  /** Sends the command. @returns the next line of the output */
  ask(command: string): Promise<string>;
  kill(): Promise<void>;
}

const workers: Worker[] = [];

/** Starts a process. `wrap` turns its command line into the one of another program that runs it. */
async function startWorker(
  path = store.path,
  wrap: (args: string[]) => string[] = (args) => args,
): Promise<Worker> {
  const [command = "", ...args] = wrap([process.execPath, program, site.url, path]);
  const child: ChildProcess = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = new Promise<void>((resolve) => void child.once("exit", () => resolve()));
  const lines: string[] = [];
  const output = child.stdout;
  if (!output) throw new Error("The process has no output.");
  createInterface({ input: output }).on("line", (line) => void lines.push(line));
  const next = () => eventually(() => lines.shift(), 40);
  const worker: Worker = {
    ask: (line) => {
      child.stdin?.write(`${line}\n`);
      return next();
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
  workers.push(worker);
  expect(await next()).toBe("ready");
  return worker;
}

describe("processes that share a file of tokens", () => {
  const rounds = isFull ? 20 : 3;
  it(`S2 refresh once when ${PROCESSES} of them call with an expired token, in each of ${rounds} rounds`, async () => {
    const all = await Promise.all(Array.from({ length: PROCESSES }, () => startWorker()));
    for (let round = 0; round < rounds; round += 1) {
      await expire();
      const answers = await Promise.all(all.map((worker) => worker.ask("call")));
      expect(answers).toEqual(all.map(email));
      expect(site.counts).toEqual({ "auth.me": 2 * PROCESSES, "auth.refresh": 1 });
    }
    expect(await readdir(join(store.path, ".."))).toEqual(["session.json"]);
  });

  it("continue at once when the process that refreshes is killed", async () => {
    const [killed, other] = await Promise.all([startWorker(), startWorker()]);
    await expire();
    site.fail({ operation: "auth.refresh", how: "hold", times: 1 });
    void killed.ask("call").catch(() => undefined);
    await eventually(() => site.held.length === 1);
    const answer = other.ask("call");
    await eventually(() => site.counts["auth.me"] === 2);
    await killed.kill();
    expect(await answer).toBe(email());
    expect(site.counts["auth.refresh"]).toBe(2);
  });

  it("find complete tokens after each kill of a process that writes them", async () => {
    const expected = await readFile(store.path, "utf8");
    const kills = isFull ? 30 : 6;
    for (let kill = 0; kill < kills; kill += 1) {
      const writer = await startWorker();
      expect(await writer.ask("write")).toBe("writing");
      await pause(10 + Math.random() * 40);
      await writer.kill();
      expect(await readFile(store.path, "utf8")).toBe(expected);
      // The next process does not wait for the lock of the killed one.
      await store.lock?.(async () => expect(await store.get()).toEqual(JSON.parse(expected).tokens));
    }
    expect((await stat(store.path)).mode & 0o077).toBe(0);
  });

  it("keep the refresh token when the disk is full: no refresh is sent whose tokens could not be stored", async (context) => {
    if (!canMount) context.skip("This test needs root, unshare and mount.");
    await expire();
    const disk = await mkdtemp(join(directory, "disk-"));
    const path = join(disk, "session.json");
    const onDisk = (args: string[]) => [
      "unshare",
      "-m",
      "sh",
      "-c",
      `mount -t tmpfs -o size=64k tmpfs "$0" && cp -p "$1" "$0/session.json" && shift && exec "$@"`,
      disk,
      store.path,
      ...args,
    ];
    const worker = await startWorker(path, onDisk);
    const refusal = `SharedFileError: ${path} cannot be written: the disk is full. Free some space, or pass another path to fileTokenStore.`;
    expect(await worker.ask("fill")).toBe("full");
    expect(await worker.ask("call")).toContain(refusal);
    expect(await worker.ask("free a page")).toBe("one page is free");
    expect(await worker.ask("call")).toContain(refusal);
    expect(site.counts).toEqual({ "auth.me": 2 });
    expect(await worker.ask("free")).toBe("free");
    expect(await worker.ask("call")).toBe(email());
    expect(site.counts).toEqual({ "auth.me": 4, "auth.refresh": 1 });
  });
});

const canMount =
  process.getuid?.() === 0 &&
  spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
