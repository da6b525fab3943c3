// The requests of projoLink against the server, with each transport.
import { memoryTokenStore } from "@projostack/sdk";
import { projoLink, type AppRouter, type ProjoLinkOptions } from "@projostack/sdk/trpc";
import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  isTRPCClientError,
  loggerLink,
  retryLink,
  TRPCClientError,
} from "@trpc/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { linkedClients, transports } from "./linked-clients.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const { clientWith, signedUp } = linkedClients(() => server);

describe.each(transports)("projoLink with %s", (_, transport) => {
  it("sends the workspace of the link, or of the call, and never mixes workspaces", async () => {
    const { tokens, client: first } = await signedUp();
    const ids = await Promise.all(
      ["A", "B", "C"].map(async (name) => (await first.workspaces.create.mutate({ name })).id),
    );
    const { client, sent } = clientWith({ transport, tokens, workspaceId: ids[0] });
    const asked = Array.from({ length: 30 }, (__, at) => ids[at % 3]);
    const got = await Promise.all(
      asked.map((workspaceId, at) =>
        client.workspaces.get.query(undefined, at % 3 === 0 ? {} : { context: { workspaceId } }),
      ),
    );
    expect(got.map(({ id }) => id)).toEqual(asked);
    for (const { headers } of sent) expect(ids).toContain(headers["x-workspace-id"]);
  });

  it("gives an error of the server with its reason", async () => {
    const { client, workspaceId } = await signedUp({ transport });
    const error = await client.projects.create
      .mutate({ name: "" }, { context: { workspaceId } })
      .catch((thrown: unknown) => thrown);
    expect(isTRPCClientError<AppRouter>(error)).toBe(true);
    expect(error).toMatchObject({
      message: expect.stringContaining("name"),
      shape: { code: -32_600 },
      data: {
        code: "BAD_REQUEST",
        httpStatus: 400,
        reason: "input.invalid",
        requestId: expect.any(String),
        fieldErrors: { name: [expect.any(String)] },
      },
    });
  });

  it("calls a long operation while other calls are batched", async () => {
    const { client, workspaceId } = await signedUp({ transport });
    const context = { workspaceId };
    const [verdict, list] = await Promise.all([
      client.audit.verify.query(undefined, { context }),
      client.audit.list.query(undefined, { context }),
    ]);
    expect(verdict.intact).toBe(true);
    expect(list.items.length).toBeGreaterThan(0);
  });

  it("sends an idempotency key for each mutation, and the given one", async () => {
    const { client, sent, workspaceId } = await signedUp({ transport });
    sent.length = 0;
    const context = { workspaceId };
    await client.projects.create.mutate({ name: "One" }, { context });
    await client.projects.create.mutate({ name: "Two" }, { context });
    await client.projects.create.mutate(
      { name: "Three" },
      { context: { ...context, idempotencyKey: "mine" } },
    );
    await client.projects.list.query({}, { context });
    const keys = sent.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toEqual([expect.any(String), expect.any(String), "mine", undefined]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it("sends the same key again when retryLink repeats a mutation", async () => {
    const keys: (string | undefined)[] = [];
    const { tokens, workspaceId } = await signedUp();
    const lost: ProjoLinkOptions["fetch"] = async (url, init) => {
      keys.push(new Headers(init.headers).get("idempotency-key") ?? undefined);
      const answer = await fetch(url, init);
      if (keys.length > 2) return answer;
      await answer.text();
      throw new TypeError("The answer was lost.");
    };
    const client = createTRPCClient<AppRouter>({
      links: [
        retryLink({ retry: ({ attempts }) => attempts <= 3 }),
        projoLink({ baseUrl: server.url, tokens, workspaceId, fetch: lost, transport, maxRetries: 0 }),
      ],
    });
    await client.projects.create.mutate({ name: "Repeated" });
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it("ends a call after timeoutMs, and aborts its request", async () => {
    const { tokens, workspaceId } = await signedUp();
    const aborted: boolean[] = [];
    const { client } = clientWith({
      transport,
      tokens,
      workspaceId,
      fetch: (__, init) =>
        new Promise((___, reject) =>
          init.signal.addEventListener("abort", () => {
            aborted.push(true);
            reject(new Error("aborted"));
          }),
        ),
    });
    const startedAt = performance.now();
    const error = await client.auth.me
      .query(undefined, { context: { timeoutMs: 100 } })
      .catch((thrown: unknown) => thrown as TRPCClientError<AppRouter>);
    expect(error).toBeInstanceOf(TRPCClientError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/^auth\.me took longer than 100 ms/),
      cause: { code: "TIMEOUT" },
    });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await expect.poll(() => aborted).toEqual([true]);
  });

  it("aborts a call, and leaves others of the same moment alone", async () => {
    const { client, user } = await signedUp({ transport });
    const abort = new AbortController();
    const left = client.auth.me.query(undefined, { signal: abort.signal });
    const other = client.auth.me.query();
    abort.abort();
    await expect(left).rejects.toBeInstanceOf(TRPCClientError);
    expect((await other).user.id).toBe(user.id);
  });

  it("refuses settings of the wrong type before a request", async () => {
    const { client, sent } = clientWith({ transport });
    for (const context of [{ workspaceId: 7 }, { timeoutMs: "1" }, { timeoutMs: -1 }])
      await expect(client.auth.me.query(undefined, { context })).rejects.toMatchObject({
        cause: { name: "TypeError" },
      });
    const keyed = client.auth.signOut.mutate(undefined, { context: { idempotencyKey: "two words" } });
    await expect(keyed).rejects.toThrow("idempotencyKey");
    expect(sent).toEqual([]);
  });

  it("explains a response that is not the server's", async () => {
    const { client } = clientWith({
      transport,
      maxRetries: 0,
      fetch: async () =>
        new Response("<html>Bad gateway</html>", { status: 502, headers: { "content-type": "text/html" } }),
    });
    const refused = client.system.health.query();
    await expect(refused).rejects.toMatchObject({ cause: { code: "UNEXPECTED_ANSWER", status: 502 } });
    await expect(refused).rejects.toThrow(server.url);
  });

  it("follows no redirect, which would give the token to another address", async () => {
    const urls: string[] = [];
    const { client } = clientWith({
      transport,
      token: "pja_secret",
      fetch: (url, init) => {
        urls.push(`${url} ${init.redirect}`);
        return Promise.resolve(
          new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/" } }),
        );
      },
    });
    await expect(client.auth.me.query()).rejects.toThrow(/redirect/i);
    expect(urls).toEqual([expect.stringMatching(/ manual$/)]);
  });

  it("sends default headers and the trace, and reports requests to the hooks", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const events: object[] = [];
    const { client, sent } = clientWith({
      transport,
      traceparent,
      headers: { "x-app": "board" },
      onRequest: (event) => events.push(event),
      onResponse: (event) => events.push(event),
    });
    await client.system.health.query();
    expect(sent[0]?.headers).toMatchObject({ traceparent, "x-app": "board" });
    expect(sent[0]?.headers["user-agent"]).toMatch(/^projostack-sdk/);
    expect(events).toMatchObject([
      { operation: "system.health", attempt: 1, url: expect.stringMatching(/system\.health$/) },
      { operation: "system.health", status: 200, requestId: expect.any(String) },
    ]);
  });

  it("sends at most maxConcurrency requests at the same time", async () => {
    let open = 0;
    let most = 0;
    const { client } = clientWith({
      // Each call is a request.
      transport: transport === undefined ? undefined : httpLink,
      maxConcurrency: 2,
      fetch: async (url, init) => {
        most = Math.max(most, (open += 1));
        const answer = await fetch(url, init);
        open -= 1;
        return answer;
      },
    });
    await Promise.all(Array.from({ length: 8 }, () => client.system.health.query()));
    expect(most).toBe(2);
  });
});

it("projoLink sends queries in batches of up to ten, and mutations one by one", async () => {
  const { client, sent, workspaceId } = await signedUp({ transport: httpBatchLink });
  sent.length = 0;
  const context = { workspaceId };
  await Promise.all([
    ...Array.from({ length: 25 }, () => client.projects.list.query({}, { context })),
    ...Array.from({ length: 3 }, (_, at) =>
      client.projects.create.mutate({ name: `Batch ${at}` }, { context }),
    ),
  ]);
  const counts = sent.map(({ method, url }) => `${method} ${new URL(url).pathname.split(",").length}`);
  expect(counts.toSorted()).toEqual(["GET 10", "GET 10", "GET 5", "POST 1", "POST 1", "POST 1"]);
});

it("projoLink works behind loggerLink, and no log line contains a token", async () => {
  const lines: unknown[] = [];
  const write = (...line: unknown[]) => void lines.push(...line);
  const { tokens, workspaceId } = await signedUp();
  const client = createTRPCClient<AppRouter>({
    links: [
      loggerLink({ console: { log: write, error: write }, colorMode: "none" }),
      projoLink({ baseUrl: server.url, tokens, workspaceId, transport: httpBatchLink }),
    ],
  });
  await client.projects.create.mutate({ name: "Logged" });
  await client.tasks.get.query({ id: "x" }).catch(() => {});
  expect(lines.length).toBeGreaterThan(3);
  const kept = await tokens.get();
  expect(JSON.stringify(lines)).not.toContain(kept?.accessToken);
});

it("projoLink refuses invalid options when it is created", () => {
  expect(() => projoLink({ baseUrl: "localhost" })).toThrow(TypeError);
  expect(() => projoLink({ baseUrl: server.url, token: "a", tokens: memoryTokenStore() })).toThrow(TypeError);
  expect(() => projoLink({ baseUrl: server.url, workspaceId: "" })).toThrow(TypeError);
});
