import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { ClientOptions, RequestEvent, ResponseEvent, RetryEvent } from "../../src/index.ts";
import { createInstantClient } from "../instant-client.ts";
import { closeConnection, data, failure, startServer, type Answer } from "../test-server.ts";
import { signInAndExpire, tokensOf } from "../token-server.ts";

const task = { id: "t" };
type Event = ["request", RequestEvent] | ["response", ResponseEvent] | ["retry", RetryEvent];

/** Creates a client whose events are recorded. */
async function observe(answers: Answer[], options: Partial<ClientOptions> = {}) {
  const server = await startServer(...answers);
  const events: Event[] = [];
  const { client } = createInstantClient({
    baseUrl: server.url,
    onRequest: (event) => void events.push(["request", event]),
    onResponse: (event) => void events.push(["response", event]),
    onRetry: (event) => void events.push(["retry", event]),
    ...options,
  });
  return { client, events, server };
}

function captureWarnings(): string[] {
  const lines: string[] = [];
  const spy = vi.spyOn(console, "warn").mockImplementation((line) => void lines.push(String(line)));
  onTestFinished(() => spy.mockRestore());
  return lines;
}

describe("the hooks", () => {
  it("report each request, its end and each retry", async () => {
    const { client, events, server } = await observe([
      failure(503, { reason: "server.busy" }, { "x-request-id": "req-1" }),
      closeConnection,
      data(task),
    ]);
    await client.tasks.create({ projectId: "p", title: "Ship it" });
    const url = `${server.url}/trpc/tasks.create`;
    const operation = "tasks.create";
    expect(events).toEqual([
      ["request", { operation, url, attempt: 1 }],
      [
        "response",
        {
          operation,
          url,
          attempt: 1,
          status: 503,
          requestId: "req-1",
          durationMs: expect.any(Number),
          error: expect.objectContaining({ reason: "server.busy" }),
          mayHaveBeenCarriedOut: true,
        },
      ],
      [
        "retry",
        {
          operation,
          url,
          attempt: 1,
          delayMs: 200,
          error: expect.objectContaining({ reason: "server.busy" }),
        },
      ],
      ["request", { operation, url, attempt: 2 }],
      [
        "response",
        expect.objectContaining({
          attempt: 2,
          status: undefined,
          error: expect.objectContaining({ code: "CONNECTION_FAILED" }),
        }),
      ],
      ["retry", expect.objectContaining({ attempt: 2, delayMs: 400 })],
      ["request", { operation, url, attempt: 3 }],
      [
        "response",
        expect.objectContaining({
          attempt: 3,
          status: 200,
          error: undefined,
          mayHaveBeenCarriedOut: false,
        }),
      ],
    ]);
    for (const [, event] of events) expect(Object.isFrozen(event)).toBe(true);
  });

  it("report the refresh of a session, and the repetition of the call after it", async () => {
    const { server, tokens } = await signInAndExpire();
    const seen: string[] = [];
    const { client } = createInstantClient({
      baseUrl: server.url,
      tokens,
      onResponse: ({ operation, attempt, status }) => void seen.push(`${operation} ${attempt} ${status}`),
    });
    await client.tasks.get(task);
    expect(seen).toEqual(["tasks.get 1 401", "auth.refresh 1 200", "tasks.get 2 200"]);
  });

  it("tell that an aborted mutation may have been carried out", async () => {
    const control = new AbortController();
    const { client, events } = await observe([() => control.abort(new Error("The user left."))]);
    const { signal } = control;
    await expect(client.tasks.create({ projectId: "p", title: "t" }, { signal })).rejects.toThrow(
      "The user left.",
    );
    await expect(client.tasks.get(task, { signal })).rejects.toThrow("The user left.");
    expect(events.at(-1)).toEqual([
      "response",
      expect.objectContaining({
        operation: "tasks.create",
        status: undefined,
        error: undefined,
        mayHaveBeenCarriedOut: true,
      }),
    ]);
  });

  it.each(["onRequest", "onResponse", "onRetry"] as const)(
    "that throw do not change the call: the first failure of %s is printed",
    async (name) => {
      const lines = captureWarnings();
      for (const hook of [
        () => {
          throw new Error("No meter.");
        },
        async () => await Promise.reject(new Error("No meter.")),
      ]) {
        const { client } = await observe([failure(503, {}), data(task)], { [name]: hook });
        for (let count = 0; count < 3; count += 1) expect(await client.tasks.get(task)).toEqual(task);
        await vi.waitFor(() =>
          expect(lines).toEqual([
            `projostack-sdk: The function ${name} of the client's options failed: Error: No meter.. The client ignores its errors.`,
          ]),
        );
        lines.length = 0;
      }
    },
  );

  it("hooks are called without waiting for their results", async () => {
    const { client } = await observe([data(task)], { onRequest: async () => await new Promise(() => {}) });
    expect(await client.tasks.get(task)).toEqual(task);
  });
});

describe("the debug log", () => {
  it("the debug log has a line for each event", async () => {
    const lines: string[] = [];
    const answers = [failure(503, { reason: "server.busy" }, { "x-request-id": "req-1" }), data(task)];
    const { client, server } = await observe(answers, { debug: (line) => void lines.push(line) });
    await client.tasks.get(task);
    const withoutTimes = lines.map((line) => line.replace(/after \d+ ms/, "after N ms"));
    expect(withoutTimes).toEqual([
      `tasks.get #1 sends a request to ${server.url}/trpc/tasks.get`,
      "tasks.get #1 ends after N ms: 503 server.busy, request id req-1",
      "tasks.get #1 repeats in 200 ms: server.busy",
      `tasks.get #2 sends a request to ${server.url}/trpc/tasks.get`,
      "tasks.get #2 ends after N ms: 200",
    ]);
  });

  it("the debug log goes to the console with debug: true, and a failing one does not change the call", async () => {
    const lines = captureWarnings();
    const { client } = await observe([data(task)], { debug: true });
    await client.tasks.get(task);
    expect(lines[0]).toMatch(/^projostack-sdk: tasks\.get #1 sends a request to /);
    const failing = await observe([data(task)], {
      debug: () => {
        throw new Error("No disk.");
      },
    });
    expect(await failing.client.tasks.get(task)).toEqual(task);
    expect(lines.at(-1)).toContain("The function debug of the client's options failed: Error: No disk.");
  });

  it("A3 contains neither tokens nor inputs, like the events of the hooks", async () => {
    const { server, tokens } = await signInAndExpire();
    const seen: string[] = [];
    const record = (event: object) => void seen.push(JSON.stringify(event));
    const { client } = createInstantClient({
      baseUrl: server.url,
      tokens,
      debug: (line) => void seen.push(line),
      onRequest: record,
      onResponse: record,
      onRetry: record,
    });
    server.next(closeConnection);
    await client.tasks.list({ search: "private words" });
    await client.auth.signIn({ email: "ann@example.com", password: "private words" });
    await tokens.set(tokensOf(7));
    await client.tasks.create({ projectId: "p", title: "private words" }).catch(() => undefined);
    await client.auth.signOut();
    expect(seen.length).toBeGreaterThan(15);
    expect(seen.join("\n")).not.toMatch(/pj[ar]_|private|input=|ann@/);
  });
});
