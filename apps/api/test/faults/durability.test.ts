// An acknowledged write survives the end of the server and of PostgreSQL by SIGKILL. The server runs in a process of its own.
import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { bySuite, startOwnPostgres, type OwnPostgres } from "@projostack/db/testing";
import { createClient, isProjoError, type Client } from "@projostack/sdk";
import { afterAll, beforeAll, expect, it } from "vitest";
import { password, startProgram } from "../kit/index.ts";

let postgres: OwnPostgres;
let dataDir: string;
let server: ChildProcess;
/** The first start chooses the port, and the others keep it. */
let port = "0";
let client: Client;
let projectId: string;
beforeAll(async () => {
  [postgres, dataDir] = await Promise.all([
    startOwnPostgres({ isDurable: true }),
    mkdtemp(join(tmpdir(), "projo-durability-")),
  ]);
  server = await startServer();
  client = createClient({ baseUrl: `http://127.0.0.1:${port}`, maxRetries: 0 });
  await client.auth.signUp({ email: "ada@example.com", password });
  const { id } = await client.workspaces.create({ name: "Engines" });
  client = client.workspace(id);
  projectId = (await client.projects.create({ name: "Notes" })).id;
});
afterAll(async () => {
  server.kill("SIGKILL");
  await postgres.drop();
  await rm(dataDir, { recursive: true, force: true });
});

async function startServer(): Promise<ChildProcess> {
  const child = startProgram(["serve"], {
    PORT: port,
    DATABASE_URL: postgres.url,
    PROJO_DATA_DIR: dataDir,
    PROJO_LIMITS: "1000",
    PROJO_WEB: "off",
    PROJO_LOG_LEVEL: "silent",
  });
  child.stderr?.resume();
  if (!child.stdout) throw new Error("the program has no pipes");
  const lines = createInterface({ input: child.stdout });
  port = await new Promise<string>((resolve, reject) => {
    lines.on("line", (line) => {
      const url = /listens on (\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(new URL(url).port);
    });
    child.once("exit", (code) => reject(new Error(`the server exited with ${code}`)));
  });
  return child;
}

let titles = 0;
/** The titles whose creation was acknowledged. */
const acknowledged: string[] = [];

async function createUntil(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const title = `task ${(titles += 1)}`;
    try {
      await client.tasks.create({ projectId, title });
      acknowledged.push(title);
    } catch (error) {
      if (!isProjoError(error)) throw error;
      await delay(20);
    }
  }
}

/** Runs the work several times while six callers create tasks, each time after further creations. */
async function amidCreations(work: () => Promise<void>): Promise<void> {
  const over = new AbortController();
  const callers = Promise.all(Array.from({ length: 6 }, () => createUntil(over.signal)));
  try {
    for (let round = 0; round < rounds; round += 1) {
      const enough = acknowledged.length + 20;
      await expect.poll(() => acknowledged.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(enough);
      await work();
    }
  } finally {
    over.abort();
    await callers;
  }
}

/** @returns the acknowledged titles that the database does not have exactly once */
async function notStoredOnce(): Promise<string[]> {
  const rows = await postgres.owner<{ title: string; many: number }>(
    "SELECT title, count(*)::int AS many FROM tasks WHERE title = ANY ($1) GROUP BY title",
    [acknowledged],
  );
  const counts = new Map(rows.map(({ title, many }) => [title, many]));
  return acknowledged.filter((title) => counts.get(title) !== 1);
}

const rounds = bySuite({ short: 2, full: 6 });

it("F1 keeps every acknowledged write when the server is ended with SIGKILL", async () => {
  await amidCreations(async () => {
    server.kill("SIGKILL");
    await once(server, "exit");
    server = await startServer();
  });
  expect(await notStoredOnce()).toEqual([]);
});

it("F1 F5 keeps every acknowledged write when PostgreSQL is ended with SIGKILL, and serves again within 5 s", async () => {
  const recoveries: number[] = [];
  await amidCreations(async () => {
    await postgres.crash();
    const answers = () =>
      postgres.owner("SELECT 1").then(
        ({ length }) => length === 1,
        () => false,
      );
    await expect.poll(answers, { timeout: 20_000, interval: 20 }).toBe(true);
    const restartedAt = performance.now();
    await expect.poll(servesAgain, { timeout: 10_000, interval: 20 }).toBe(true);
    recoveries.push(performance.now() - restartedAt);
  });
  expect(await notStoredOnce()).toEqual([]);
  expect(Math.max(...recoveries)).toBeLessThan(5_000);
  expect(await client.audit.verify()).toMatchObject({ intact: true });
});

/** Several reads and writes at once use several connections of the server. */
async function servesAgain(): Promise<boolean> {
  const calls = [1, 2, 3, 4].map(async (nth) => {
    await client.tasks.list({ limit: 1 });
    await client.tasks.create({ projectId, title: `check ${nth}` });
  });
  return (await Promise.allSettled(calls)).every(({ status }) => status === "fulfilled");
}
