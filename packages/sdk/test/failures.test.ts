import { createServer } from "node:http";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  createClient,
  isProjoError,
  ProjoConnectionError,
  ProjoError,
  ProjoTimeoutError,
  type Client,
} from "../src/index.ts";
import { createInstantClient } from "./instant-client.ts";
import { data, failure, closeConnection, raw, neverAnswer, startServer } from "./test-server.ts";

const task = { id: "t" };
const getTask = (client: Client) => client.tasks.get({ id: "t" });
const createTask = (client: Client) => client.tasks.create({ projectId: "p", title: "t" });
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("a refusal", () => {
  it("becomes an error with the reason, the message and all other fields", async () => {
    const fields = {
      code: "BAD_REQUEST",
      reason: "input.invalid",
      retryAfter: 3,
      fieldErrors: { title: ["Too long."] },
    };
    const server = await startServer(failure(400, fields));
    const error = await failureOf(getTask(createClient({ baseUrl: server.url })));
    expect(error).toBeInstanceOf(ProjoError);
    expect(error).toMatchObject({
      message: "It did not work.",
      operation: "tasks.get",
      code: "BAD_REQUEST",
      reason: "input.invalid",
      status: 400,
      requestId: "req-1",
      retryAfterSeconds: 3,
      fieldErrors: { title: ["Too long."] },
    });
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      message: "It did not work.",
      requestId: "req-1",
    });
  });

  it("can be recognized with isProjoError, also from another copy of the SDK", async () => {
    const server = await startServer(failure(404, { reason: "task.not_found" }));
    const error = await failureOf(getTask(createClient({ baseUrl: server.url })));
    expect(isProjoError(error)).toBe(true);
    expect([new Error("no"), undefined, null, "no", {}].some(isProjoError)).toBe(false);
    const foreign = Object.create({ [Symbol.for("@projostack/sdk/ProjoError")]: true });
    expect(isProjoError(foreign)).toBe(true);
  });

  it("never contains the token", async () => {
    const server = await startServer(failure(401, {}), raw(502, {}, "<html>"), closeConnection, neverAnswer);
    const client = createClient({ baseUrl: server.url, token: "pja_secret", maxRetries: 0, timeoutMs: 300 });
    for (let count = 0; count < 4; count += 1) {
      const error = await failureOf(getTask(client));
      expect(isProjoError(error)).toBe(true);
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain("pja_secret");
      expect(JSON.stringify(error)).not.toContain("pja_secret");
    }
    const leaky = createClient({
      baseUrl: server.url,
      token: "pja_secret",
      maxRetries: 0,
      fetch: async (_, init) =>
        Promise.reject(Object.assign(new Error(`sent ${JSON.stringify(init)}`), { init })),
    });
    expect(inspect(await failureOf(getTask(leaky)), { depth: null })).not.toContain("pja_secret");
  });
});

describe("a response from another server", () => {
  it.each([
    ["a proxy's page", raw(502, { "content-type": "text/html" }, "<html>Bad gateway pja_x</html>"), 502],
    ["another server's page", raw(200, { "content-type": "text/html" }, "<html>Hello</html>"), 200],
    ["an empty body", raw(200, {}, ""), 200],
    ["JSON of another shape", raw(200, {}, "[1]"), 200],
    ["an error of another API", raw(404, {}, `{"error":"not found"}`), 404],
  ])("%s is an error with its status and without its text", async (_, answer, status) => {
    const server = await startServer(answer);
    const error = await failureOf(getTask(createClient({ baseUrl: server.url, maxRetries: 0 })));
    expect(error).toBeInstanceOf(ProjoError);
    expect(error).toMatchObject({
      code: "UNEXPECTED_ANSWER",
      status,
      operation: "tasks.get",
      reason: undefined,
    });
    expect(inspect(error)).toContain(`returned status ${status} without a ProjoStack response`);
    expect(inspect(error)).not.toContain("html");
  });

  it("a redirect is refused, so that the token is not sent to another server", async () => {
    const other = await startServer(data(task));
    for (const status of [301, 302, 303, 307, 308]) {
      const server = await startServer(raw(status, { location: `${other.url}/trpc/tasks.get` }, ""));
      const client = createClient({ baseUrl: server.url, token: "pja_secret" });
      const error = await failureOf(getTask(client));
      expect(error).toMatchObject({ code: "UNEXPECTED_ANSWER", status });
      expect(inspect(error)).toContain("redirects to another address");
      expect(server.requests).toHaveLength(1);
    }
    expect(other.requests).toEqual([]);
  });
});

describe("an unreachable server", () => {
  it("appears in the error, with the next step", async () => {
    const baseUrl = await closedPort();
    const error = await failureOf(getTask(createClient({ baseUrl, maxRetries: 0 })));
    expect(error).toBeInstanceOf(ProjoConnectionError);
    expect(error).toMatchObject({
      code: "CONNECTION_FAILED",
      status: undefined,
      message: `Cannot reach ${baseUrl} (ECONNREFUSED). Check that the server is running and that baseUrl is correct.`,
    });
  });
});

describe("a retry", () => {
  it.each([429, 502, 503, 504])("repeats a query after status %i", async (status) => {
    const server = await startServer(failure(status, {}), raw(status, {}, ""), data(task));
    const { client, waits } = createInstantClient({ baseUrl: server.url });
    expect(await getTask(client)).toEqual(task);
    expect(waits).toEqual([200, 400]);
  });

  it("repeats a query after a closed connection", async () => {
    const server = await startServer(closeConnection, data(task));
    expect(await getTask(createInstantClient({ baseUrl: server.url }).client)).toEqual(task);
  });

  it("repeats a query after an incomplete response", async () => {
    const server = await startServer((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("{", () => response.socket?.destroy());
    }, data(task));
    expect(await getTask(createInstantClient({ baseUrl: server.url }).client)).toEqual(task);
  });

  it("never repeats a mutation, because the server may have carried it out", async () => {
    for (const answer of [
      closeConnection,
      failure(503, { retryAfter: 0 }),
      raw(502, {}, ""),
      failure(429, {}),
    ]) {
      const server = await startServer(answer);
      const { client } = createInstantClient({ baseUrl: server.url });
      expect(isProjoError(await failureOf(createTask(client)))).toBe(true);
      expect(server.requests).toHaveLength(1);
      const withRetries = client.tasks.create({ projectId: "p", title: "t" }, { maxRetries: 5 });
      expect(isProjoError(await failureOf(withRetries))).toBe(true);
      expect(server.requests).toHaveLength(2);
    }
  });

  it.each([400, 401, 403, 404, 409, 500])("never follows status %i", async (status) => {
    const server = await startServer(failure(status, {}), data(task));
    expect(await failureOf(getTask(createInstantClient({ baseUrl: server.url }).client))).toMatchObject({
      status,
    });
    expect(server.requests).toHaveLength(1);
  });

  it("stops after maxRetries of the client or of the call", async () => {
    const server = await startServer(failure(503, { reason: "server.busy" }));
    const { client, waits } = createInstantClient({ baseUrl: server.url, maxRetries: 4 });
    expect(await failureOf(getTask(client))).toMatchObject({ reason: "server.busy" });
    expect(server.requests).toHaveLength(5);
    expect(waits).toEqual([200, 400, 800, 1600]);
    await failureOf(client.tasks.get({ id: "t" }, { maxRetries: 0 }));
    expect(server.requests).toHaveLength(6);
  });

  it("waits for the time in the Retry-After header or in the response", async () => {
    const inThreeSeconds = new Date(Date.now() + 3000).toUTCString();
    const server = await startServer(
      failure(429, {}, { "retry-after": "2" }),
      failure(503, { retryAfter: 7 }, { "retry-after": "2" }),
      failure(503, {}, { "retry-after": inThreeSeconds }),
      data(task),
    );
    const { client, waits } = createInstantClient({ baseUrl: server.url, maxRetries: 3 });
    await getTask(client);
    expect(waits.slice(0, 2)).toEqual([2000, 7000]);
    expect(waits[2]).toBeGreaterThanOrEqual(2000);
    expect(waits[2]).toBeLessThanOrEqual(3000);
  });

  it("waits for a partly random time, so that clients do not retry together", async () => {
    const server = await startServer(failure(503, {}), failure(503, {}), data(task));
    const { client, waits } = createInstantClient({ baseUrl: server.url }, 0.5);
    await getTask(client);
    expect(waits).toEqual([150, 300]);
  });

  it("never starts when the wait would exceed the call's timeout", async () => {
    const server = await startServer(failure(503, { reason: "server.busy", retryAfter: 60 }));
    const { client, waits } = createInstantClient({ baseUrl: server.url, timeoutMs: 1000 });
    expect(await failureOf(getTask(client))).toMatchObject({ reason: "server.busy", retryAfterSeconds: 60 });
    expect(waits).toEqual([]);
  });
});

describe("a call that takes too long", () => {
  it("ends after timeoutMs, retries included", async () => {
    const server = await startServer(neverAnswer);
    const client = createClient({ baseUrl: server.url, timeoutMs: 100 });
    const startedAt = performance.now();
    const error = await failureOf(getTask(client));
    expect(error).toBeInstanceOf(ProjoTimeoutError);
    expect(error).toMatchObject({
      code: "TIMEOUT",
      operation: "tasks.get",
      message: expect.stringContaining("100 ms"),
    });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(server.requests).toHaveLength(1);
  });

  it("reports for a mutation that the server may have carried it out", async () => {
    const server = await startServer(neverAnswer);
    const error = await failureOf(createTask(createClient({ baseUrl: server.url, timeoutMs: 50 })));
    expect(error).toMatchObject({ message: expect.stringContaining("may have carried it out") });
  });

  it("times out even when the body, the store or the fetch never completes", async () => {
    const server = await startServer((_, response) => void response.writeHead(200).write("{"));
    const timeoutMs = 50;
    const tokens = { get: never, set: () => {}, clear: () => {} };
    expect(await failureOf(getTask(createClient({ baseUrl: server.url, timeoutMs })))).toMatchObject({
      code: "TIMEOUT",
    });
    for (const options of [{ tokens }, { fetch: never }]) {
      const client = createClient({ baseUrl: server.url, timeoutMs, ...options });
      expect(await failureOf(getTask(client))).toMatchObject({ code: "TIMEOUT" });
    }
  });
});

describe("a call that its caller aborts", () => {
  it("rejects with the caller's reason and is not retried", async () => {
    const controller = new AbortController();
    const reason = new Error("The user left.");
    const server = await startServer(() => controller.abort(reason));
    const client = createClient({ baseUrl: server.url });
    expect(await failureOf(client.tasks.get({ id: "t" }, { signal: controller.signal }))).toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  it("sends no request when its signal is already aborted", async () => {
    const server = await startServer(data(task));
    const client = createClient({ baseUrl: server.url });
    const error = await failureOf(client.tasks.get({ id: "t" }, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: "AbortError" });
    expect(server.requests).toEqual([]);
  });

  it("rejects during the wait between two attempts", async () => {
    const server = await startServer(failure(503, { retryAfter: 20 }));
    const client = createClient({ baseUrl: server.url });
    const startedAt = performance.now();
    const error = await failureOf(client.tasks.get({ id: "t" }, { signal: AbortSignal.timeout(100) }));
    expect(error).toMatchObject({ name: "TimeoutError" });
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});

const never = () => new Promise<never>(() => {});

/** Returns the URL of a port on which no server listens. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("The server had no port.");
  return `http://127.0.0.1:${address.port}`;
}
