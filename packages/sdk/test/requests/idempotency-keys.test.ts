import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { createClient, ProjoError, type CallOptions, type Client } from "../../src/index.ts";
import { createInstantClient } from "../instant-client.ts";
import { closeConnection, data, failure, raw, startServer, type TestServer } from "../test-server.ts";
import { signInAndExpire } from "../token-server.ts";

const task = { id: "t" };
const createTask = (client: Client, options?: CallOptions) =>
  client.tasks.create({ projectId: "p", title: "t" }, options);
const keysOf = ({ requests }: TestServer) => requests.map(({ headers }) => headers["idempotency-key"]);

async function failureOf(call: Promise<unknown>): Promise<ProjoError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ProjoError) return error;
  throw new Error("The call did not fail with a ProjoError.", { cause: error });
}

describe("the idempotency key of a mutation", () => {
  it("differs for each call, and a query has none", async () => {
    const server = await startServer(data(task));
    const client = createClient({ baseUrl: server.url });
    for (let count = 0; count < 3; count += 1) await createTask(client);
    await client.tasks.get(task, { idempotencyKey: "ignored" });
    const keys = keysOf(server);
    expect(keys.pop()).toBeUndefined();
    expect(new Set(keys).size).toBe(3);
  });

  it("the key is the caller's, if the caller passes one", async () => {
    const server = await startServer(closeConnection, data(task));
    const { client } = createInstantClient({ baseUrl: server.url });
    await createTask(client, { idempotencyKey: "order-17" });
    expect(keysOf(server)).toEqual(["order-17", "order-17"]);
  });

  it("the key is the same after a refresh of the session", async () => {
    const { server, client } = await signInAndExpire();
    await createTask(client);
    const sent = server.requests.filter(({ operation }) => operation === "tasks.create");
    expect(sent).toHaveLength(2);
    expect(sent[0]?.headers["idempotency-key"]).toBe(sent[1]?.headers["idempotency-key"]);
  });

  it.each(["", " ", "a b", "a\n", "é", "x".repeat(256), 7 as never])(
    "cannot be %j",
    async (idempotencyKey) => {
      const server = await startServer(data(task));
      const call = createTask(createClient({ baseUrl: server.url }), { idempotencyKey });
      await expect(call).rejects.toThrow("idempotencyKey must be 1 to 255 visible ASCII characters");
      expect(server.requests).toEqual([]);
    },
  );

  it("cannot be set as a header", async () => {
    const call = createTask(createClient({ baseUrl: "http://127.0.0.1:1" }), {
      headers: { "Idempotency-Key": "a" },
    });
    await expect(call).rejects.toThrow("Use token, tokens, workspaceId or idempotencyKey instead.");
  });

  it("the key is in the error of a call that may have been carried out, but not in its text or JSON", async () => {
    const server = await startServer(raw(502, {}, ""));
    const { client } = createInstantClient({ baseUrl: server.url });
    const error = await failureOf(createTask(client));
    const key = keysOf(server)[0];
    expect(error.idempotencyKey).toBe(key);
    expect(inspect(error)).not.toContain(key);
    expect(JSON.stringify(error)).not.toContain(key);
    expect((await failureOf(createTask(client, { maxRetries: 0 }))).mayHaveBeenCarriedOut).toBe(true);
    const refusing = await startServer(failure(403, { reason: "permission.denied" }));
    expect(
      (await failureOf(createTask(createClient({ baseUrl: refusing.url })))).idempotencyKey,
    ).toBeUndefined();
  });
});

describe("an earlier attempt that may have been carried out", () => {
  it.each([
    ["a refusal", failure(403, { reason: "permission.denied" })],
    ["a missing object", failure(404, { reason: "task.not_found" })],
    ["a page of a proxy", raw(404, {}, "<html>")],
    ["a limit", failure(429, { reason: "limit.exceeded", retryAfter: 600 })],
  ])("stays in the error when the last answer is %s", async (_, last) => {
    const server = await startServer(closeConnection, last);
    const { client } = createInstantClient({ baseUrl: server.url });
    const error = await failureOf(createTask(client));
    expect(error.mayHaveBeenCarriedOut).toBe(true);
    expect(error.message).toContain("The server may have carried out tasks.create.");
    expect(error.idempotencyKey).toBe(keysOf(server)[0]);
  });

  it("the key is not in the error of a query", async () => {
    const server = await startServer(closeConnection, failure(404, { reason: "task.not_found" }));
    const error = await failureOf(createInstantClient({ baseUrl: server.url }).client.tasks.get(task));
    expect(error).toMatchObject({ reason: "task.not_found", mayHaveBeenCarriedOut: false });
  });
});

describe("a random id", () => {
  afterEach(() => void vi.unstubAllGlobals());
  const form = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
  const { crypto } = globalThis;
  it.each<[string, unknown]>([
    ["with randomUUID", crypto],
    [
      "on a page without https",
      { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes) },
    ],
    ["without Web Crypto", undefined],
  ])("is a unique UUID %s", (_, stub) => {
    vi.stubGlobal("crypto", stub);
    const ids = Array.from({ length: 1000 }, () => systemClock.newId());
    for (const id of ids) expect(id).toMatch(form);
    expect(new Set(ids).size).toBe(1000);
  });
});
