import { describe, expect, it } from "vitest";
import { type Client } from "../src/index.ts";
import { createInstantClient } from "./instant-client.ts";
import { closeConnection, data, failure, raw, startServer } from "./test-server.ts";

const task = { id: "t" };
const getTask = (client: Client) => client.tasks.get({ id: "t" });
const createTask = (client: Client) => client.tasks.create({ projectId: "p", title: "t" });
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("a retry", () => {
  it.each([408, 429, 500, 502, 503, 504, 520])("repeats a query after status %i", async (status) => {
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

  it("repeats a mutation with the same idempotency key, so that the server carries it out once", async () => {
    for (const answer of [
      closeConnection,
      failure(503, { retryAfter: 0 }),
      raw(502, {}, ""),
      failure(429, {}),
    ]) {
      const server = await startServer(answer, answer, data(task));
      const { client } = createInstantClient({ baseUrl: server.url });
      expect(await createTask(client)).toEqual(task);
      const [key, ...others] = server.requests.map(({ headers }) => headers["idempotency-key"]);
      expect(key).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(others).toEqual([key, key]);
    }
  });

  it("of a mutation waits while an earlier request with its key is under way, also after maxRetries", async () => {
    const inProgress = failure(409, { reason: "idempotency.in_progress" }, { "retry-after": "1" });
    const server = await startServer(...Array.from({ length: 6 }, () => inProgress), data(task));
    const { client, waits } = createInstantClient({ baseUrl: server.url });
    expect(await createTask(client)).toEqual(task);
    expect(waits).toEqual(Array.from({ length: 6 }, () => 1000));
    const other = await startServer(inProgress);
    const once = createInstantClient({ baseUrl: other.url, maxRetries: 0 }).client;
    // The first request may succeed.
    expect(await failureOf(createTask(once))).toMatchObject({ status: 409, mayHaveBeenCarriedOut: true });
    expect(other.requests).toHaveLength(1);
  });

  it("never follows a response with x-should-retry: false", async () => {
    const server = await startServer(failure(503, {}, { "x-should-retry": "false" }));
    const { client } = createInstantClient({ baseUrl: server.url });
    for (const call of [getTask, createTask])
      expect(await failureOf(call(client))).toMatchObject({ status: 503 });
    expect(server.requests).toHaveLength(2);
  });

  it.each([400, 401, 403, 404, 409, 422, 501, 505, 511])("never follows status %i", async (status) => {
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
