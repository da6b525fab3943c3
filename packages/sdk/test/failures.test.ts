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
import { patientClient } from "./patient-client.ts";
import { data, failure, hangUp, raw, silence, startServer } from "./test-server.ts";

const task = { id: "t" };
const getTask = (client: Client) => client.tasks.get({ id: "t" });
const createTask = (client: Client) => client.tasks.create({ projectId: "p", title: "t" });
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("a refusal", () => {
  it("tells a program why, and people what to do", async () => {
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

  it("is known by isProjoError even when another copy of the SDK threw it", async () => {
    const server = await startServer(failure(404, { reason: "task.not_found" }));
    const error = await failureOf(getTask(createClient({ baseUrl: server.url })));
    expect(isProjoError(error)).toBe(true);
    expect([new Error("no"), undefined, null, "no", {}].some(isProjoError)).toBe(false);
    const foreign = Object.create({ [Symbol.for("@projostack/sdk/ProjoError")]: true });
    expect(isProjoError(foreign)).toBe(true);
  });

  it("never shows the token, whatever goes wrong", async () => {
    const server = await startServer(failure(401, {}), raw(502, {}, "<html>"), hangUp, silence);
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

describe("an answer that is not the API's", () => {
  it.each([
    ["a proxy's page", raw(502, { "content-type": "text/html" }, "<html>Bad gateway pja_x</html>"), 502],
    ["another server's page", raw(200, { "content-type": "text/html" }, "<html>Hello</html>"), 200],
    ["nothing at all", raw(200, {}, ""), 200],
    ["JSON of another shape", raw(200, {}, "[1]"), 200],
    ["an error of another API", raw(404, {}, `{"error":"not found"}`), 404],
  ])("%s is an error with its status, and none of its text", async (_, answer, status) => {
    const server = await startServer(answer);
    const error = await failureOf(getTask(createClient({ baseUrl: server.url, maxRetries: 0 })));
    expect(error).toBeInstanceOf(ProjoError);
    expect(error).toMatchObject({
      code: "UNEXPECTED_ANSWER",
      status,
      operation: "tasks.get",
      reason: undefined,
    });
    expect(inspect(error)).toContain(`answered with status ${status}, but not as a ProjoStack server does`);
    expect(inspect(error)).not.toContain("html");
  });

  it("a redirect is refused, so that the token is sent nowhere else", async () => {
    const other = await startServer(data(task));
    for (const status of [301, 302, 303, 307, 308]) {
      const server = await startServer(raw(status, { location: `${other.url}/trpc/tasks.get` }, ""));
      const client = createClient({ baseUrl: server.url, token: "pja_secret" });
      const error = await failureOf(getTask(client));
      expect(error).toMatchObject({ code: "UNEXPECTED_ANSWER", status });
      expect(inspect(error)).toContain("redirects elsewhere");
      expect(server.asked).toHaveLength(1);
    }
    expect(other.asked).toEqual([]);
  });
});

describe("a server that cannot be reached", () => {
  it("is named, with the next step", async () => {
    const baseUrl = await closedPort();
    const error = await failureOf(getTask(createClient({ baseUrl, maxRetries: 0 })));
    expect(error).toBeInstanceOf(ProjoConnectionError);
    expect(error).toMatchObject({
      code: "CONNECTION_FAILED",
      status: undefined,
      message: `Cannot reach ${baseUrl} (ECONNREFUSED). Is the server running there, and is baseUrl right?`,
    });
  });
});

describe("trying again", () => {
  it.each([429, 502, 503, 504])("helps a query that met status %i", async (status) => {
    const server = await startServer(failure(status, {}), raw(status, {}, ""), data(task));
    const { client, waits } = patientClient({ baseUrl: server.url });
    expect(await getTask(client)).toEqual(task);
    expect(waits).toEqual([200, 400]);
  });

  it("helps a query whose connection broke", async () => {
    const server = await startServer(hangUp, data(task));
    expect(await getTask(patientClient({ baseUrl: server.url }).client)).toEqual(task);
  });

  it("helps a query whose answer broke off in the middle", async () => {
    const server = await startServer((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("{", () => response.socket?.destroy());
    }, data(task));
    expect(await getTask(patientClient({ baseUrl: server.url }).client)).toEqual(task);
  });

  it("is never done for a mutation, which may have been carried out", async () => {
    for (const answer of [hangUp, failure(503, { retryAfter: 0 }), raw(502, {}, ""), failure(429, {})]) {
      const server = await startServer(answer);
      const { client } = patientClient({ baseUrl: server.url });
      expect(isProjoError(await failureOf(createTask(client)))).toBe(true);
      expect(server.asked).toHaveLength(1);
      const insisting = client.tasks.create({ projectId: "p", title: "t" }, { maxRetries: 5 });
      expect(isProjoError(await failureOf(insisting))).toBe(true);
      expect(server.asked).toHaveLength(2);
    }
  });

  it.each([400, 401, 403, 404, 409, 500])(
    "is not done for status %i, where it cannot help",
    async (status) => {
      const server = await startServer(failure(status, {}), data(task));
      expect(await failureOf(getTask(patientClient({ baseUrl: server.url }).client))).toMatchObject({
        status,
      });
      expect(server.asked).toHaveLength(1);
    },
  );

  it("ends after maxRetries, of the client or of the call", async () => {
    const server = await startServer(failure(503, { reason: "server.busy" }));
    const { client, waits } = patientClient({ baseUrl: server.url, maxRetries: 4 });
    expect(await failureOf(getTask(client))).toMatchObject({ reason: "server.busy" });
    expect(server.asked).toHaveLength(5);
    expect(waits).toEqual([200, 400, 800, 1600]);
    await failureOf(client.tasks.get({ id: "t" }, { maxRetries: 0 }));
    expect(server.asked).toHaveLength(6);
  });

  it("waits as long as the server asks, by header or in the answer", async () => {
    const inThreeSeconds = new Date(Date.now() + 3000).toUTCString();
    const server = await startServer(
      failure(429, {}, { "retry-after": "2" }),
      failure(503, { retryAfter: 7 }, { "retry-after": "2" }),
      failure(503, {}, { "retry-after": inThreeSeconds }),
      data(task),
    );
    const { client, waits } = patientClient({ baseUrl: server.url, maxRetries: 3 });
    await getTask(client);
    expect(waits.slice(0, 2)).toEqual([2000, 7000]);
    expect(waits[2]).toBeGreaterThanOrEqual(2000);
    expect(waits[2]).toBeLessThanOrEqual(3000);
  });

  it("does not bring clients back together that failed together", async () => {
    const server = await startServer(failure(503, {}), failure(503, {}), data(task));
    const { client, waits } = patientClient({ baseUrl: server.url }, 0.5);
    await getTask(client);
    expect(waits).toEqual([150, 300]);
  });

  it("is not begun when the wait would take longer than the call may", async () => {
    const server = await startServer(failure(503, { reason: "server.busy", retryAfter: 60 }));
    const { client, waits } = patientClient({ baseUrl: server.url, timeoutMs: 1000 });
    expect(await failureOf(getTask(client))).toMatchObject({ reason: "server.busy", retryAfterSeconds: 60 });
    expect(waits).toEqual([]);
  });
});

describe("a call that takes too long", () => {
  it("ends after timeoutMs, retries included", async () => {
    const server = await startServer(silence);
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
    expect(server.asked).toHaveLength(1);
  });

  it("says of a mutation that it may have been carried out", async () => {
    const server = await startServer(silence);
    const error = await failureOf(createTask(createClient({ baseUrl: server.url, timeoutMs: 50 })));
    expect(error).toMatchObject({ message: expect.stringContaining("may have been carried out") });
  });

  it("ends even when the body, the store or the fetch never does", async () => {
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
  it("rejects with the caller's reason, and is not tried again", async () => {
    const controller = new AbortController();
    const reason = new Error("The user left.");
    const server = await startServer(() => controller.abort(reason));
    const client = createClient({ baseUrl: server.url });
    expect(await failureOf(client.tasks.get({ id: "t" }, { signal: controller.signal }))).toBe(reason);
    expect(server.asked).toHaveLength(1);
  });

  it("is not sent when it was aborted before", async () => {
    const server = await startServer(data(task));
    const client = createClient({ baseUrl: server.url });
    const error = await failureOf(client.tasks.get({ id: "t" }, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: "AbortError" });
    expect(server.asked).toEqual([]);
  });

  it("ends in the middle of a wait between two tries", async () => {
    const server = await startServer(failure(503, { retryAfter: 20 }));
    const client = createClient({ baseUrl: server.url });
    const startedAt = performance.now();
    const error = await failureOf(client.tasks.get({ id: "t" }, { signal: AbortSignal.timeout(100) }));
    expect(error).toMatchObject({ name: "TimeoutError" });
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});

const never = () => new Promise<never>(() => {});

/** The address of a port where nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("The server had no port.");
  return `http://127.0.0.1:${address.port}`;
}
