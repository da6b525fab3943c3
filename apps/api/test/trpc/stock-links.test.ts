// The links of @trpc/client against the server, without any part of the SDK but the router's type.
import { operations, type NamedOperation } from "@projostack/contract";
import type { AppRouter } from "@projostack/sdk/trpc";
import {
  createTRPCClient,
  createTRPCUntypedClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  isTRPCClientError,
  loggerLink,
  retryLink,
  splitLink,
  type TRPCLink,
} from "@trpc/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrive, foundWorkspace, startTestServer, type Person, type TestServer } from "../kit/index.ts";
import { inputOf, setScene, tokenFor, type Scene } from "../resources/index.ts";

let server: TestServer;
let ada: Person;
let scene: Scene;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  scene = await setScene(server, ada, { workspaceId: await foundWorkspace(ada), email: ada.email });
  for (const name of ["One", "Two"]) await ada.call("projects.create", { name }, scene.workspaceId);
});
afterAll(() => server.close());

const options = (token = ada.token, workspaceId = scene.workspaceId) => ({
  url: `${server.url}/trpc`,
  headers: { authorization: `Bearer ${token}`, "x-workspace-id": workspaceId },
});

const clientWith = (...links: TRPCLink<AppRouter>[]) => createTRPCClient<AppRouter>({ links });

const links: readonly (readonly [name: string, make: (token?: string) => TRPCLink<AppRouter>])[] = [
  ["httpLink", (token) => httpLink(options(token))],
  ["httpBatchLink", (token) => httpBatchLink({ ...options(token), maxItems: 10 })],
  ["httpBatchStreamLink", (token) => httpBatchStreamLink({ ...options(token), maxItems: 10 })],
  [
    "httpBatchStreamLink with the header accept",
    (token) => httpBatchStreamLink({ ...options(token), maxItems: 10, streamHeader: "accept" }),
  ],
  [
    "splitLink",
    (token) =>
      splitLink({
        condition: ({ type }) => type === "mutation",
        true: httpLink(options(token)),
        false: httpBatchLink({ ...options(token), maxItems: 10 }),
      }),
  ],
];

describe.each(links)("%s", (_, make) => {
  it("calls a query and a mutation, and receives their results and their errors", async () => {
    const client = clientWith(make());
    const [me, list, project, missing] = await Promise.allSettled([
      client.auth.me.query(),
      client.tasks.list.query({ limit: 1 }),
      client.projects.create.mutate({ name: `Project of ${_}` }),
      client.tasks.get.query({ id: ada.id }),
    ]);
    expect(me).toMatchObject({ status: "fulfilled", value: { user: { id: ada.id } } });
    expect(list).toMatchObject({ status: "fulfilled", value: { items: expect.any(Array) } });
    expect(project).toMatchObject({ status: "fulfilled", value: { name: `Project of ${_}` } });
    expect(missing.status === "rejected" && isTRPCClientError<AppRouter>(missing.reason)).toBe(true);
    expect(missing).toMatchObject({
      reason: {
        data: { code: "NOT_FOUND", httpStatus: 404, reason: "task.not_found", requestId: expect.any(String) },
      },
    });
  });

  it("calls a list page by page", async () => {
    const client = clientWith(make());
    const first = await client.projects.list.query({ limit: 1 });
    const second = await client.projects.list.query({ limit: 1, cursor: first.nextCursor ?? "" });
    expect(second.items[0]?.id).not.toBe(first.items[0]?.id);
    expect(second.items).toHaveLength(1);
  });

  it("calls a long operation alone", async () => {
    expect(await clientWith(make()).audit.verify.query()).toMatchObject({ intact: true });
    expect(await clientWith(make()).audit.export.mutate({ format: "csv" })).toMatchObject({ done: true });
  });

  it("receives a refused token as an error of each call", async () => {
    const client = clientWith(make("pja_wrong"));
    const refused = await Promise.allSettled([client.auth.me.query(), client.workspaces.list.query()]);
    for (const one of refused)
      expect(one).toMatchObject({ reason: { data: { httpStatus: 401, reason: "auth.unauthenticated" } } });
  });

  it("receives the fields of an invalid input", async () => {
    const refused = clientWith(make()).tasks.create.mutate({ projectId: "x", title: "" });
    await expect(refused).rejects.toMatchObject({
      data: {
        reason: "input.invalid",
        fieldErrors: { projectId: [expect.any(String)], title: [expect.any(String)] },
      },
    });
  });

  it("aborts a call", async () => {
    const abort = new AbortController();
    const call = clientWith(make()).tasks.list.query({}, { signal: abort.signal });
    abort.abort();
    await expect(call).rejects.toMatchObject({ name: "TRPCClientError" });
  });
});

/** The calls in an order in which no call ends the session or the workspace of a later one. */
const ENDINGS = [
  "auth.signOut",
  "auth.signOutEverywhere",
  "password.change",
  "workspaces.leave",
  "workspaces.delete",
];

it.each([
  ["httpLink", httpLink],
  ["httpBatchStreamLink", httpBatchStreamLink],
] as const)("every operation accepts a valid input through %s", async (linkName, link) => {
  const person = await arrive(server, linkName.toLowerCase());
  const workspaceId = await foundWorkspace(person);
  const own = await setScene(server, person, { workspaceId, email: person.email });
  const failed: string[] = [];
  const ordered = operations.toSorted((a, b) => Number(isLast(a)) - Number(isLast(b)));
  for (const { name, operation } of ordered) {
    const client = createTRPCUntypedClient({
      links: [link<AppRouter>(options(tokenFor(name, person, own), workspaceId))],
    });
    const call =
      operation.kind === "query"
        ? client.query(name, inputOf(name, own))
        : client.mutation(name, inputOf(name, own));
    await call.catch((error: unknown) => {
      if (!isTRPCClientError<AppRouter>(error) || error.data === undefined || error.data === null)
        failed.push(`${name}: ${String(error)}`);
      else if (error.data.httpStatus >= 500 || error.data.reason.startsWith("input."))
        failed.push(`${name}: ${error.data.reason} ${error.message}`);
    });
  }
  expect(failed).toEqual([]);
});

const isLast = ({ name }: NamedOperation): boolean => ENDINGS.includes(name);

describe("httpBatchLink", () => {
  it("sends batches of up to maxItems calls, and 25 calls succeed", async () => {
    const urls: string[] = [];
    const fetchCounted = (url: unknown, init: unknown): Promise<Response> => {
      urls.push(String(url));
      return fetch(String(url), init as RequestInit);
    };
    const client = clientWith(httpBatchLink({ ...options(), maxItems: 10, fetch: fetchCounted }));
    await Promise.all(Array.from({ length: 25 }, () => client.system.health.query()));
    expect(urls.map((url) => new URL(url).pathname.split(",").length)).toEqual([10, 10, 5]);
  });

  it("without maxItems, is refused for eleven calls with the limit and the option to set", async () => {
    const client = clientWith(httpBatchLink(options()));
    const refused = await Promise.allSettled(Array.from({ length: 11 }, () => client.system.health.query()));
    for (const one of refused) {
      expect(one).toMatchObject({
        reason: {
          data: { reason: "batch.too_large" },
          message: expect.stringMatching(/at most 10 calls.*maxItems/),
        },
      });
    }
  });

  it("with methodOverride, is refused with the method to use", async () => {
    const client = clientWith(httpBatchLink({ ...options(), methodOverride: "POST" }));
    await expect(client.auth.me.query()).rejects.toMatchObject({
      message: expect.stringContaining("Send it with GET"),
      data: { httpStatus: 405, reason: "operation.wrong_method" },
    });
  });
});

describe("a client with a transformer", () => {
  // The output of superjson for plain values.
  const superjson = {
    serialize: (json: unknown) => ({ json }),
    deserialize: (value: { json: unknown }) => value.json,
  };

  it.each([
    ["httpLink", httpLink],
    ["httpBatchLink", httpBatchLink],
    ["httpBatchStreamLink", httpBatchStreamLink],
  ] as const)("reads through %s that the server uses none", async (_, link) => {
    const client = createTRPCUntypedClient({
      links: [(link as (of: object) => TRPCLink<AppRouter>)({ ...options(), transformer: superjson })],
    });
    for (const call of [
      client.query("tasks.list", { limit: 1 }),
      client.mutation("projects.create", { name: "Json" }),
    ])
      await expect(call).rejects.toMatchObject({
        message: expect.stringContaining("Remove transformer from the links of the client."),
        data: { httpStatus: 400, reason: "input.malformed" },
      });
  });
});

it("httpLink with FormData or a file is refused with the form to use", async () => {
  const client = createTRPCUntypedClient({ links: [httpLink(options())] });
  const form = new FormData();
  form.set("name", "Form");
  await expect(client.mutation("projects.create", form)).rejects.toMatchObject({
    message: expect.stringContaining("pass an object in place of FormData"),
    data: { httpStatus: 415, reason: "input.media_type" },
  });
  await expect(client.mutation("projects.create", new Blob(["x"]))).rejects.toMatchObject({
    data: { httpStatus: 415, reason: "input.media_type" },
  });
});

it("loggerLink logs calls and their errors", async () => {
  const lines: unknown[][] = [];
  const console = {
    log: (...line: unknown[]) => lines.push(line),
    error: (...line: unknown[]) => lines.push(line),
  };
  const client = clientWith(loggerLink({ console, colorMode: "none" }), httpLink(options()));
  await client.auth.me.query();
  await client.tasks.get.query({ id: "x" }).catch(() => {});
  expect(lines.map(([first]) => first)).toEqual([
    expect.stringContaining(">> query #1 auth.me"),
    expect.stringContaining("<< query #1 auth.me"),
    expect.stringContaining(">> query #2 tasks.get"),
    expect.stringContaining("<< query #2 tasks.get"),
  ]);
});

it("retryLink repeats a call after the time that the server asks for", async () => {
  let refusals = 0;
  const busy = JSON.stringify({
    error: {
      message: "Busy",
      code: -32_603,
      data: { code: "SERVICE_UNAVAILABLE", httpStatus: 503, retryAfter: 1 },
    },
  });
  const fetchBusy = async (url: unknown, init: unknown): Promise<Response> =>
    (refusals += 1) <= 2 ? new Response(busy, { status: 503 }) : fetch(String(url), init as RequestInit);
  const client = clientWith(
    retryLink({
      retry: ({ error, attempts }) => attempts <= 3 && error.data?.httpStatus === 503,
      retryDelayMs: () => 5,
    }),
    httpLink({ ...options(), fetch: fetchBusy }),
  );
  expect(await client.auth.me.query()).toMatchObject({ user: { id: ada.id } });
  expect(refusals).toBe(3);
});

it("httpSubscriptionLink receives an error, because the server has no subscriptions", async () => {
  const states: string[] = [];
  class EventSourceOfTest {
    static readonly CLOSED = 2;
    readonly CLOSED = 2;
    readyState = 0;
    readonly #listeners: [string, (event: unknown) => void][] = [];
    constructor(url: string) {
      // A browser refuses a response that is no event stream and does not connect again.
      void fetch(url, { headers: { accept: "text/event-stream" } }).then((answer) => {
        states.push(`${answer.status} ${answer.headers.get("content-type")}`);
        this.readyState = 2;
        for (const [type, listener] of this.#listeners) if (type === "error") listener(new Event("error"));
      });
    }
    addEventListener(type: string, listener: (event: unknown) => void) {
      this.#listeners.push([type, listener]);
    }
    removeEventListener() {}
    close() {}
  }
  const client = createTRPCUntypedClient({
    links: [httpSubscriptionLink({ url: `${server.url}/trpc`, EventSource: EventSourceOfTest as never })],
  });
  const ended = await new Promise((resolve) =>
    client.subscription("system.health", undefined, { onError: resolve, onData: resolve }),
  );
  expect(ended).toBeInstanceOf(Error);
  expect(states).toEqual(["200 application/json; charset=utf-8"]);
});
