// Starts the server in a separate process and throws an uncaught error in it.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bySuite,
  createTestDatabase,
  LONG_TEST_MS,
  whileLocked,
  type TestDatabase,
} from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrive, call, programOf, startServerOver, type TestServer } from "../kit/index.ts";
import { getText, openPeer, statusOf } from "./peer.ts";

let database: TestDatabase;
let directory: string;
/** Another server with the same database and keys, which creates the users. */
let userServer: TestServer;
const children = new Set<ChildProcess>();
const keys = `1:${Buffer.alloc(32, 7).toString("base64url")}`;
beforeAll(async () => {
  [database, directory] = await Promise.all([
    createTestDatabase(),
    mkdtemp(join(tmpdir(), "projo-uncaught-")),
  ]);
  userServer = await startServerOver(database, { PROJO_TOKEN_KEYS: keys });
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await userServer.close();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  stderr(): string;
  readonly ended: Promise<number | null>;
}

interface StartOptions {
  /** JavaScript that runs in the process before the server starts. */
  readonly before?: string;
  readonly descriptors?: number;
}

async function start({ before = "", descriptors = 4_096 }: StartOptions = {}): Promise<Running> {
  const { execArgv, file } = programOf();
  const program = [
    process.execPath,
    ...execArgv,
    "--import",
    `data:text/javascript,${encodeURIComponent(before)}`,
    file,
    "serve",
  ];
  const withLimit = ["-c", `ulimit -n ${descriptors} && exec "$@"`, "sh", ...program];
  const child = spawn("/bin/sh", withLimit, {
    env: {
      PATH: process.env["PATH"],
      PORT: "0",
      PROJO_DATA_DIR: directory,
      PROJO_TOKEN_KEYS: keys,
      PROJO_CONNECTIONS_PER_ADDRESS: "10000",
      DATABASE_URL: database.url,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      children.delete(child);
      resolve(code);
    });
  });
  const url = await new Promise<string>((resolve, reject) => {
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      const found = / listens on (http:\S+)/.exec(stdout)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then((code) => reject(new Error(`The server exited with ${code}: ${stderr}`)));
  });
  return { url, child, stderr: () => stderr, ended };
}

const onSignal = (work: string): string => `process.on("SIGUSR2", () => { ${work} });`;

describe("F8 an uncaught error", { timeout: LONG_TEST_MS }, () => {
  const errors = [
    ["that is thrown", onSignal(`throw new Error("the bug of this test");`)],
    ["in a promise", onSignal(`void Promise.reject(new Error("the bug of this test"));`)],
    ["that is not an Error object", onSignal(`throw "the bug of this test";`)],
  ] satisfies [string, string][];
  it.each(bySuite({ short: errors.slice(0, 1), full: errors }))(
    "%s is logged, and the server answers running requests, accepts no more, and exits with code 1",
    async (_, before) => {
      const ada = await arrive(userServer, `ada-${Math.random().toString(36).slice(2)}`);
      const server = await start({ before });
      const peer = await openPeer(server.url);
      const lock = "LOCK TABLE workspaces IN ACCESS EXCLUSIVE MODE";
      await whileLocked(database, { lock }, async (held) => {
        peer.socket.write(getText("/trpc/workspaces.list", { authorization: `Bearer ${ada.token}` }));
        await held.untilWaiting(1);
        server.child.kill("SIGUSR2");
        await expect
          .poll(() => call(server.url, "system.health").catch(() => "refused"), { timeout: 10_000 })
          .toBe("refused");
      });
      const [answer] = await peer.answers(1);
      expect(statusOf(answer)).toBe(200);
      expect(await server.ended).toBe(1);
      const lines = server.stderr().split("\n");
      const fatal = lines.filter((line) => line.includes('"level":60'));
      expect(fatal).toHaveLength(1);
      expect(fatal[0]).toContain("the bug of this test");
      expect(fatal[0]).toContain("that nothing caught: the server stops");
    },
  );

  it("neither fills the log nor keeps the process alive when it is thrown repeatedly", async () => {
    const server = await start({
      before: onSignal(`setInterval(() => { throw new Error("the bug of this test"); }, 1);`),
    });
    server.child.kill("SIGUSR2");
    expect(await server.ended).toBe(1);
    const fatal = server
      .stderr()
      .split("\n")
      .filter((line) => line.includes('"level":60'));
    expect(fatal.length).toBeGreaterThan(0);
    expect(fatal.length).toBeLessThanOrEqual(10);
  });
});

describe("F8 when no file descriptor is left", { timeout: LONG_TEST_MS }, () => {
  it("the server continues, and serves again once descriptors are free", async () => {
    const server = await start({ descriptors: 250 });
    const peers = await Promise.all(Array.from({ length: 400 }, () => openPeer(server.url)));
    await expect.poll(() => peers.some((peer) => peer.isClosed()), { timeout: 10_000 }).toBe(true);
    expect(server.child.exitCode).toBeNull();
    for (const { socket } of peers) socket.destroy();
    await expect
      .poll(
        () =>
          call(server.url, "system.health").then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBe(200);
    server.child.kill("SIGTERM");
    expect(await server.ended).toBe(0);
  });
});
