// Runs the server in a process of its own, so that the test measures the memory of the server only.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createTestDatabase } from "@projostack/db/testing";
import { loadKeyRing } from "../../src/identity/key-ring.ts";
import { programOf, type TestServer } from "../kit/index.ts";

export interface FuzzServer extends TestServer {
  /** Returns the size of the heap after garbage collection, in bytes. */
  heapUsed(): Promise<number>;
  /** The exit code; null while the process runs. */
  exitCode(): number | null;
}

/** @param watching modules for Node's option `--import`, which observe the process */
export async function startFuzzServer(watching: readonly string[] = []): Promise<FuzzServer> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "projo-fuzz-"));
  const measuring = `data:text/javascript,${encodeURIComponent(tellHeap)}`;
  const { execArgv, file } = programOf();
  const child = fork(file, ["serve"], {
    execArgv: ["--expose-gc", ...execArgv, ...[measuring, ...watching].flatMap((one) => ["--import", one])],
    env: {
      PATH: process.env["PATH"],
      PORT: "0",
      PROJO_DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      // All calls come from one address, and no limit per address shall refuse them.
      PROJO_LIMITS: "1000",
      // The users of the test sign up by calls and cannot read mail.
      PROJO_INVITES_NEED_VERIFIED_EMAIL: "false",
      PROJO_LOG_LEVEL: "warn",
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error("the server's process has no pipes");
  const logLines: string[] = [];
  createInterface({ input: stderr }).on("line", (line) => logLines.push(line));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: stdout }).on("line", (line) => {
      const [, found] = /listens on (\S+)/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", () => reject(new Error(`The server did not start:\n${logLines.join("\n")}`)));
  });
  return {
    url,
    database,
    dataDir,
    logLines,
    announced: [],
    keys: loadKeyRing(dataDir),
    callAs: () => {
      throw new Error("It is a process of its own: call it by its address.");
    },
    problemOf: () => {
      throw new Error("It is a process of its own: start another with that environment.");
    },
    canServe: () => Promise.reject(new Error("It is a process of its own: start another with that address.")),
    startAnother: () => Promise.reject(new Error("It is a process of its own: start another one.")),
    drain: () => Promise.reject(new Error("It is a process of its own: send it SIGTERM.")),
    exitCode: () => child.exitCode,
    heapUsed: async () => {
      const reported = once(child, "message");
      child.send("heap");
      const [bytes] = await reported;
      return Number(bytes);
    },
    close: async () => {
      if (child.exitCode === null) {
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        await ended;
      }
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Runs before the server is loaded. It collects garbage twice, as the first collection makes more objects unreachable. */
const tellHeap = `
  process.on("message", async () => {
    for (let round = 0; round < 3; round += 1) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    process.send(process.memoryUsage().heapUsed);
  });
  process.channel.unref();
`;
