// Calls add no listeners, timers or sockets that outlive them.
import { getEventListeners } from "node:events";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { createClient } from "../../src/index.ts";
import { closeConnection, data, failure, neverAnswer, startServer, type Answer } from "../test-server.ts";

const CALLS = 1000;

/** Runs the work. @returns the warnings of Node.js during it */
async function warningsOf(work: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  const listener = (warning: Error) => void warnings.push(`${warning.name}: ${warning.message}`);
  process.on("warning", listener);
  try {
    await work();
    // Node.js emits a warning in a later turn.
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.off("warning", listener);
  }
  return warnings;
}

describe("calls that share an AbortSignal", () => {
  const outcomes: readonly (readonly [string, Answer])[] = [
    ["succeed", data({ id: "t" })],
    ["are refused", failure(404, { reason: "task.not_found" })],
    ["lose their connection", closeConnection],
    ["time out", neverAnswer],
  ];
  it.each(outcomes)("leave no listener and cause no warning when they %s", async (_, answer) => {
    const server = await startServer(answer);
    const client = createClient({ baseUrl: server.url, timeoutMs: 2000, maxRetries: 0 });
    const { signal } = new AbortController();
    const timeoutMs = answer === neverAnswer ? 50 : undefined;
    const rounds = 10;
    const warnings = await warningsOf(async () => {
      for (let round = 0; round < rounds; round += 1) {
        const calls = Array.from({ length: CALLS / rounds }, () =>
          client.tasks.get({ id: "t" }, { signal, timeoutMs }).catch(() => undefined),
        );
        expect(getEventListeners(signal, "abort").length).toBeLessThanOrEqual(1);
        await Promise.all(calls);
        expect(getEventListeners(signal, "abort")).toEqual([]);
      }
    });
    expect(warnings).toEqual([]);
  });

  it("all end when the signal aborts, and leave no listener", async () => {
    const server = await startServer(neverAnswer);
    const client = createClient({ baseUrl: server.url });
    const controller = new AbortController();
    const reason = new Error("The user left.");
    const warnings = await warningsOf(async () => {
      const calls = Array.from({ length: 100 }, () =>
        client.tasks.get({ id: "t" }, { signal: controller.signal }),
      );
      controller.abort(reason);
      const ends = await Promise.allSettled(calls);
      expect(ends.every((end) => end.status === "rejected" && end.reason === reason)).toBe(true);
    });
    expect(warnings).toEqual([]);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });
});

describe("a program", () => {
  it("ends by itself after its calls, and has as many listeners as before", async () => {
    const server = await startServer(data({ id: "t" }));
    const source = new URL("../../src/index.ts", import.meta.url).href;
    const program = `
      import { createClient } from ${JSON.stringify(source)};
      const counts = () => process.eventNames().map((name) => [name, process.listenerCount(name)]).join();
      const before = counts();
      const client = createClient({ baseUrl: ${JSON.stringify(server.url)}, timeoutMs: 60_000 });
      const signal = AbortSignal.timeout(60_000);
      for (let round = 0; round < 10; round += 1)
        await Promise.all(Array.from({ length: 100 }, () => client.tasks.get({ id: "t" }, { signal })));
      await client.tasks.get({ id: "t" }, { signal: AbortSignal.abort() }).catch(() => {});
      console.log(counts() === before);`;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "--conditions=@projostack/source", "--input-type=module", "--eval", program],
      // Shorter than the timeouts of the calls: a timer that is left would keep the program running.
      { timeout: 40_000 },
    );
    expect(stderr).toBe("");
    expect(stdout).toBe("true\n");
  });
});
