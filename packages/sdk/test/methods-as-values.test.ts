import { mock } from "node:test";
import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import { createClient, type Task, type TasksCreateInput } from "../src/index.ts";
import { callOf } from "../src/testing.ts";
import { data, startServer } from "./test-server.ts";

const task = {
  id: "t",
  projectId: "p",
  title: "Ship it",
  status: "todo",
  createdBy: "u",
  createdAt: "now",
  updatedAt: "now",
  version: 1,
} as const;
const input = { projectId: "p", title: "Ship it" };

/** The contexts that TanStack Query 5 passes. Their types have the same fields as those of the library. */
type QueryContext = {
  client: object;
  queryKey: readonly unknown[];
  signal: AbortSignal;
  meta: Record<string, unknown> | undefined;
  pageParam?: unknown;
  direction?: unknown;
};
type MutationContext = {
  client: object;
  meta: Record<string, unknown> | undefined;
  mutationKey?: readonly unknown[];
};

const useQuery = <T>(queryFn: (context: QueryContext) => T | Promise<T>) => {
  const client: Record<string, unknown> = {};
  client["self"] = client;
  return queryFn({ client, queryKey: ["tasks"], signal: new AbortController().signal, meta: undefined });
};
const useMutation = <T, V>(mutationFn: (variables: V, context: MutationContext) => Promise<T>) => ({
  mutate: (variables: V) => mutationFn(variables, { client: {}, meta: undefined, mutationKey: ["tasks"] }),
});

describe("a method", () => {
  it("can be replaced by a spy, also for a call by name", async () => {
    const client = createClient({ baseUrl: "http://127.0.0.1:9" });
    const spy = vi.spyOn(client.tasks, "get").mockResolvedValue(task);
    expect(await client.tasks.get({ id: "t" })).toBe(task);
    expect(await client.call("tasks.get", { id: "u" })).toBe(task);
    expect(spy.mock.calls.map(([{ id }]) => id)).toEqual(["t", "u"]);
    spy.mockReturnValue(callOf(task));
    expect((await client.tasks.get({ id: "t" }).withResponse()).data).toBe(task);
    spy.mockRestore();
    await expect(client.tasks.get({ id: "t" }, { maxRetries: 0 })).rejects.toThrow("127.0.0.1:9");
  });

  it("can be replaced with the mocks of Node.js, as can workspace and call", async () => {
    const client = createClient({ baseUrl: "http://127.0.0.1:9" });
    const other = createClient({ baseUrl: "http://127.0.0.1:9" });
    mock.method(other.tasks, "create", async () => task);
    vi.spyOn(client, "workspace").mockReturnValue(other);
    vi.spyOn(client, "call").mockResolvedValue("called");
    expect(await client.workspace("acme").tasks.create(input)).toBe(task);
    expect(await client.call("tasks.get", { id: "t" })).toBe("called");
  });

  it("needs no this, and ignores the index of map", async () => {
    const server = await startServer(data(task));
    const client = createClient({ baseUrl: server.url });
    const { create } = client.tasks;
    const inputs: TasksCreateInput[] = [input, input];
    expect(await Promise.all(inputs.map(create))).toEqual([task, task]);
    expect(await Promise.resolve(input).then(client.tasks.create)).toEqual(task);
    expect(server.requests.map(({ input: sent }) => sent)).toEqual([input, input, input]);
  });

  it("a method is a mutation function and a query function of TanStack Query, without an error and in types", async () => {
    const server = await startServer(data(task));
    const client = createClient({ baseUrl: server.url });
    const create = useMutation(client.tasks.create);
    expectTypeOf(create.mutate).returns.resolves.toEqualTypeOf<Task>();
    expect(await create.mutate(input)).toEqual(task);
    await useMutation(client.auth.signOut).mutate();
    await useQuery(client.auth.me);
    await useQuery(client.tasks.list);
    expect(server.requests.map(({ operation, input: sent }) => [operation, sent])).toEqual([
      ["tasks.create", input],
      ["auth.signOut", {}],
      ["auth.me", undefined],
      ["tasks.list", undefined],
    ]);
    // @ts-expect-error a task has a title
    expectTypeOf(() => create.mutate({ projectId: "p" })).toBeFunction();
    // @ts-expect-error its input is missing
    expectTypeOf(() => useQuery(client.tasks.get)).toBeFunction();
  });

  it("uses the signal of another library's context", async () => {
    const { tasks } = createClient({ baseUrl: "http://127.0.0.1:9" });
    const thunk = {
      dispatch: () => undefined,
      getState: () => ({}),
      requestId: "1",
      signal: AbortSignal.abort(),
    };
    await expect(tasks.get({ id: "t" }, thunk)).rejects.toThrow("aborted");
  });

  it("refuses a misspelt option and a misspelt field of a literal at compile time", () => {
    const { tasks, auth } = createClient({ baseUrl: "http://127.0.0.1:9" });
    // @ts-expect-error the option is timeoutMs
    expectTypeOf(() => tasks.create(input, { timeout: 5 })).toBeFunction();
    // @ts-expect-error the options are an object
    expectTypeOf(() => tasks.create(input, "5000")).toBeFunction();
    // @ts-expect-error the filter is status
    expectTypeOf(() => tasks.list({ statuss: "todo" })).toBeFunction();
    // @ts-expect-error it has no input
    expectTypeOf(() => auth.me({ id: "x" })).toBeFunction();
  });
});

describe("a client", () => {
  it("prints as its address and workspace, and has the same JSON form", () => {
    const client = createClient({ baseUrl: "http://127.0.0.1:9", token: "pja_secret" }).workspace("acme");
    expect(inspect(client)).toBe('Client {"baseUrl":"http://127.0.0.1:9","workspaceId":"acme"}');
    expect(JSON.stringify({ client })).toBe(
      '{"client":{"baseUrl":"http://127.0.0.1:9","workspaceId":"acme"}}',
    );
    expect(inspect(client.tasks.create)).toBe("[Function: create]");
  });
});
