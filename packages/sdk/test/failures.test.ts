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
