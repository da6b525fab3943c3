import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { createClient, memoryTokenStore } from "../../src/index.ts";
import { createInstantClient } from "../instant-client.ts";
import { data, failure, startServer, type Answer } from "../test-server.ts";
import { startTokenServer, tokensOf } from "../token-server.ts";

const task = { id: "t" };
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

const failing = async (): Promise<never> => {
  throw new RangeError("bug");
};

/** Starts a server that answers when it is told to. */
async function startHeldServer() {
  const held: (() => void)[] = [];
  const server = await startServer(
    (request, response) => void held.push(() => data(task)(request, response)),
  );
  return {
    ...server,
    open: () => held.length,
    /** Answers the oldest request. */
    answer: () => held.shift()?.(),
  };
}

describe("maxConcurrency", () => {
  it("limits the requests at the same time, and starts the others in the order of their calls", async () => {
    const server = await startHeldServer();
    const client = createClient({ baseUrl: server.url, maxConcurrency: 2 });
    const ended: number[] = [];
    const calls = Array.from({ length: 6 }, async (_, index) => {
      await client.workspace(`w${index}`).tasks.get(task);
      ended.push(index);
    });
    for (let count = 0; count < 6; count += 1) {
      await vi.waitFor(() => expect(server.requests.length).toBe(Math.min(6, count + 2)), 10_000);
      await wait(20);
      expect(server.open()).toBeLessThanOrEqual(2);
      server.answer();
      await vi.waitFor(() => expect(ended).toHaveLength(count + 1), 10_000);
    }
    await Promise.all(calls);
    expect(server.requests.map(({ headers }) => headers["x-workspace-id"])).toEqual(
      Array.from({ length: 6 }, (_, index) => `w${index}`),
    );
  });

  it("the limit is 100 by default", async () => {
    const server = await startHeldServer();
    const client = createClient({ baseUrl: server.url });
    const calls = Array.from({ length: 120 }, () => client.tasks.get(task));
    await vi.waitFor(() => expect(server.open()).toBe(100), 10_000);
    await wait(50);
    expect(server.requests).toHaveLength(100);
    while (server.open() > 0 || server.requests.length < 120) {
      server.answer();
      await wait(1);
    }
    expect(await Promise.all(calls)).toHaveLength(120);
  });

  it("lets aborted calls and calls after their timeout leave the queue without a request", async () => {
    const server = await startHeldServer();
    const client = createClient({ baseUrl: server.url, maxConcurrency: 1 });
    const first = client.tasks.get(task);
    await vi.waitFor(() => expect(server.open()).toBe(1), 10_000);
    const control = new AbortController();
    const aborted = failureOf(client.tasks.get(task, { signal: control.signal }));
    const late = failureOf(client.tasks.create({ projectId: "p", title: "t" }, { timeoutMs: 100 }));
    const last = client.tasks.get(task);
    control.abort(new Error("The user left."));
    expect(await aborted).toMatchObject({ message: "The user left." });
    expect(await late).toMatchObject({
      code: "TIMEOUT",
      mayHaveBeenCarriedOut: false,
      message: expect.stringContaining("It waited for one of the places of maxConcurrency."),
    });
    server.answer();
    expect(await first).toEqual(task);
    await vi.waitFor(() => expect(server.open()).toBe(1), 10_000);
    server.answer();
    expect(await last).toEqual(task);
    expect(server.requests).toHaveLength(2);
  });

  it("gives the place of a call that waits for a retry to another call", async () => {
    const busy: Answer = failure(503, {}, { "retry-after": "5" });
    const server = await startServer(busy, data(task));
    const client = createClient({ baseUrl: server.url, maxConcurrency: 1 });
    const control = new AbortController();
    const waiting = failureOf(client.tasks.get(task, { signal: control.signal }));
    expect(await client.tasks.get(task)).toEqual(task);
    control.abort();
    await waiting;
    expect(server.requests).toHaveLength(2);
  });

  it("gives the place of a failed request back", async () => {
    const client = createClient({ baseUrl: "http://127.0.0.1:1", maxConcurrency: 1, fetch: failing });
    for (let count = 0; count < 3; count += 1)
      expect(await failureOf(client.tasks.get(task))).toMatchObject({ code: "CALLBACK_FAILED" });
  });

  it("never delays a refresh, for which the other calls wait", async () => {
    const server = await startTokenServer();
    server.expireAccessToken();
    const tokens = memoryTokenStore(tokensOf(1));
    const { client } = createInstantClient({ baseUrl: server.url, tokens, maxConcurrency: 1 });
    const calls = Array.from({ length: 50 }, () => client.tasks.get(task));
    expect(await Promise.all(calls)).toHaveLength(50);
    expect(server.refreshes()).toHaveLength(1);
  });

  it.each([0, -1, 1.5, Number.NaN, "4" as never])("cannot be %s", (maxConcurrency) => {
    expect(() => createClient({ baseUrl: "http://127.0.0.1:1", maxConcurrency })).toThrow(
      "maxConcurrency must be a whole number above 0, or Infinity.",
    );
  });
});
