// The server's process and the signals that stop it.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrive, eventually, foundWorkspace, startProgram, startServerOver } from "../kit/index.ts";

const keys = { PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString("base64url")}` };

let database: TestDatabase;
let directory: string;
let headers: Record<string, string>;
const children = new Set<ChildProcess>();
beforeAll(async () => {
  [database, directory] = await Promise.all([createTestDatabase(), mkdtemp(join(tmpdir(), "projo-stop-"))]);
  const server = await startServerOver(database, keys);
  const ada = await arrive(server, "ada");
  const workspaceId = await foundWorkspace(ada);
  headers = { authorization: `Bearer ${ada.token}`, "x-workspace-id": workspaceId };
  await server.close();
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  /** The exit code, or the signal that ended the process. */
  readonly ended: Promise<unknown>;
}

async function start(drainSeconds: number): Promise<Running> {
  const child = startProgram(["serve"], {
    ...keys,
    DATABASE_URL: database.url,
    PORT: "0",
    PROJO_DATA_DIR: directory,
    PROJO_LIMITS: "1000",
    PROJO_CONNECTIONS_PER_ADDRESS: "10000",
    PROJO_WEB: "off",
    PROJO_DRAIN_SECONDS: String(drainSeconds),
  });
  children.add(child);
  child.stderr?.resume();
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, "exit").then(([code, signal]: unknown[]) => {
    children.delete(child);
    return code ?? signal;
  });
  const url = await eventually(() => /listens on (http:\S+)/.exec(output)?.[1], 30);
  return { url, child, ended };
}

const isReady = (url: string): Promise<boolean> => fetch(`${url}/readyz`).then(({ ok }) => ok);

describe("F3 the server's process", () => {
  it("serves every call during PROJO_DRAIN_SECONDS after SIGTERM under load, then exits with code 0", async () => {
    const { url, child, ended } = await start(3);
    const failed: unknown[] = [];
    let during = 0;
    let signalledAt = Infinity;
    // Each caller stops before the listener closes, as a balancer does that has seen /readyz.
    const callers = Array.from({ length: 8 }, async (_, nth) => {
      for (let call = 0; performance.now() < signalledAt + 1_000; call += 1) {
        const isWrite = (nth + call) % 2 === 0;
        const answer = await fetch(`${url}/trpc/${isWrite ? "projects.create" : "auth.me"}`, {
          headers: { ...headers, ...(isWrite && { "content-type": "application/json" }) },
          ...(isWrite && { method: "POST", body: JSON.stringify({ name: `Made ${nth} ${call}` }) }),
        }).then(
          async (response) => (response.ok ? null : await response.text()),
          (error: unknown) => error,
        );
        if (answer !== null) failed.push([performance.now() - signalledAt, answer]);
        if (performance.now() > signalledAt) during += 1;
      }
    });
    await delay(500);
    child.kill("SIGTERM");
    signalledAt = performance.now();
    await expect.poll(() => isReady(url)).toBe(false);
    await Promise.all(callers);
    expect(await ended).toBe(0);
    expect(performance.now() - signalledAt).toBeGreaterThan(2_900);
    expect(failed).toEqual([]);
    expect(during).toBeGreaterThan(10);
  });

  it("ends at once at a second signal, of another kind too", async () => {
    const { url, child, ended } = await start(60);
    child.kill("SIGTERM");
    await expect.poll(() => isReady(url)).toBe(false);
    const startedAt = performance.now();
    child.kill("SIGINT");
    expect(await ended).toBe("SIGINT");
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
