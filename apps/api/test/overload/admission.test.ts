// Admission under overload: the server refuses calls that it cannot serve in time, and serves the others.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, startTestServer, type TestServer } from "../kit/index.ts";
import { longestWaitMs } from "../../src/limits/admission/admission.ts";
import { SAMPLE_MS } from "../../src/limits/admission/loop-delay.ts";
import { heavyOperations, urgentOperations } from "../../src/rpc/checks/check-admission.ts";
import { operations } from "@projostack/contract";
import { getText, openPeer, postText, statusOf } from "../sockets/peer.ts";
import { createTask, place, timed, whilePoolIsFull, type Place, type Timed } from "./callers.ts";

let server: TestServer;
let other: Place;
let taskId: string;
beforeAll(async () => {
  server = await startTestServer();
  other = await place(server);
  taskId = String((await createTask(other)).data.id);
});
afterAll(() => server.close());

describe("while every connection is in use", () => {
  it("F9 the server refuses mutations at once with Retry-After, serves reads, and lets users sign out", async () => {
    const departing = await place(server);
    const results = await whilePoolIsFull(server, async () => {
      const reads: Timed[] = [];
      const mutations: Timed[] = [];
      const signOut = await timed(() => departing.admin.call("auth.signOut", {}));
      for (let tries = 0; tries < 4; tries += 1) {
        mutations.push(await timed(() => createTask(other)));
        reads.push(await timed(() => other.admin.call("tasks.get", { id: taskId }, other.id)));
      }
      const ready = await send(`${server.url}/readyz`);
      const health = await timed(() => other.admin.call("system.health"));
      return { reads, mutations, signOut, ready, health };
    });
    const refused = results.mutations.filter(({ status, ms }) => status === 503 && ms < 1_000);
    expect(refused.length).toBeGreaterThan(0);
    for (const { answer } of refused) {
      expect(answer.error).toMatchObject({ reason: "server.busy" });
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(results.reads.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect([results.signOut.status, results.ready.status, results.health.status]).toEqual([200, 200, 200]);
    expect(await createTask(other)).toMatchObject({ status: 200 });
  });
});

/** Blocks the event loop, and with it the server, whose delay of the loop then is that of an overload. */
async function whileLoopIsLate(beforeLastPause: () => void): Promise<void> {
  for (let pauses = 1; pauses <= 4; pauses += 1) {
    if (pauses === 4) beforeLastPause();
    const end = performance.now() + longestWaitMs.read + 2 * SAMPLE_MS;
    while (performance.now() < end);
    await new Promise((passed) => setTimeout(passed, 0));
  }
}

it("F9 a query and a mutation that are refused at once have a log line with the trace id of their request", async () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const headersOf = (requestId: string) => ({
    authorization: `Bearer ${other.admin.token}`,
    "x-workspace-id": other.id,
    "x-request-id": requestId,
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
  });
  const peers = await Promise.all([openPeer(server.url), openPeer(server.url)]);
  await whileLoopIsLate(() => {
    peers[0].socket.write(getText("/trpc/auth.me", headersOf("refused-query")));
    peers[1].socket.write(
      postText("/trpc/projects.create", { name: "Mills" }, headersOf("refused-mutation")),
    );
  });
  for (const peer of peers) {
    const [answer = ""] = await peer.answers(1);
    expect(statusOf(answer)).toBe(503);
    peer.socket.destroy();
  }
  for (const [requestId, operation] of [
    ["refused-query", "auth.me"],
    ["refused-mutation", "projects.create"],
  ] as const) {
    const lines = server.logLines.filter((line) => line.includes(`"${requestId}"`));
    const line = { msg: "a call was refused with 503", operation, reason: "server.busy", traceId };
    expect(lines.map((one) => JSON.parse(one) as object)).toContainEqual(expect.objectContaining(line));
  }
});

describe("the lists of priorities", () => {
  it("contain only operations that exist", () => {
    const names = new Set(operations.map(({ name }) => name));
    expect([...urgentOperations, ...heavyOperations].filter((name) => !names.has(name))).toEqual([]);
  });
});
