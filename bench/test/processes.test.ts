// Tests the start, the measurement and the end of a server's process.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  startServerProcess,
  type ServerProcess,
  type ServerProgram,
} from "../src/processes/server-process.ts";

const started: ServerProcess[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

async function startScript(script: string, options: Partial<ServerProgram> = {}): Promise<ServerProcess> {
  const server = await startServerProcess({
    program: [process.execPath, "--expose-gc", "-e", script],
    env: {},
    ready: (line) => /^listens on (.+)$/.exec(line)?.[1] ?? null,
    ...options,
  });
  started.push(server);
  return server;
}

const LISTENS = `console.log("a word before"); console.log("listens on http://127.0.0.1:1"); setInterval(() => {}, 1000);`;

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("a server's process", () => {
  it("starts with only the given environment, reports its URL, and exits on SIGTERM", async () => {
    const server = await startScript(
      `process.on("SIGTERM", () => process.exit()); console.log("listens on " + process.env.URL + process.env.HOME); setInterval(() => {}, 1000);`,
      { env: { URL: "http://there/" } },
    );
    expect(server.url).toBe("http://there/undefined");
    expect(isRunning(server.pid)).toBe(true);
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    await server.stop();
  });

  it("receives SIGKILL if it does not exit on SIGTERM", async () => {
    const deaf = await startScript(`process.on("SIGTERM", () => {}); ${LISTENS}`, { stopTimeoutMs: 50 });
    await deaf.stop();
    expect(isRunning(deaf.pid)).toBe(false);
  });

  it("reports its own processor time, memory and peak memory", async () => {
    const busy = await startScript(
      `const until = process.cpuUsage().user + 200000;
       while (process.cpuUsage().user < until) for (let n = 0; n < 1e6; n += 1);
       let held = Buffer.alloc(100 * 2 ** 20, 1); held = null; gc(); ${LISTENS}`,
    );
    const idle = await startScript(LISTENS);
    expect(busy.cpuMs()).toBeGreaterThanOrEqual(200);
    expect(busy.cpuMs()).toBeGreaterThan(idle.cpuMs());
    expect(busy.rssMb()).toBeGreaterThan(10);
    expect(busy.peakRssMb()).toBeGreaterThan(idle.peakRssMb() + 80);
    expect(busy.rssMb()).toBeLessThan(busy.peakRssMb() - 80);
  });

  it("writes standard error into a file, and does not block on a full pipe", async () => {
    const directory = await mkdtemp(join(tmpdir(), "projo-bench-"));
    const logFile = join(directory, "server.log");
    const server = await startScript(
      `for (let n = 0; n < 20000; n += 1) { console.log("said " + n); console.error("noted " + n); } ${LISTENS}`,
      { logFile },
    );
    await server.stop();
    await expect.poll(() => readFile(logFile, "utf8")).toMatch(/^noted 0\nnoted 1\n[^]*\nnoted 19999\n$/);
    await rm(directory, { recursive: true });
  });

  it("fails with the last lines of standard error if it exits before it is ready", async () => {
    await expect(
      startScript(`console.error("first\\n".repeat(50)); console.error("the reason"); process.exitCode = 3;`),
    ).rejects.toThrow(/the process exited with 3\n[^]*the reason$/);
    await expect(startScript("", { program: ["/no/such/program"] })).rejects.toThrow("ENOENT");
  });
});
