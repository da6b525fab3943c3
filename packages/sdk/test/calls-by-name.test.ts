import { describe, expect, expectTypeOf, it } from "vitest";
import {
  createClient,
  operations,
  UnknownOperationError,
  type Call,
  type Page,
  type Paged,
  type ListedTask,
  type Task,
} from "../src/index.ts";
import { data, startServer } from "./test-server.ts";

const task = { id: "t", projectId: "p", title: "Ship it", status: "todo", createdBy: "u", createdAt: "now" };

describe("a call by name", () => {
  it("returns the same as the method of that name", async () => {
    const server = await startServer(data(task), data({ items: [task], nextCursor: null }));
    const client = createClient({ baseUrl: server.url });
    expect(await client.call("tasks.get", { id: "t" })).toEqual(task);
    const titles: string[] = [];
    for await (const { title } of client.call("tasks.list")) titles.push(title);
    expect(titles).toEqual(["Ship it"]);
    expect(server.requests.map(({ operation }) => operation)).toEqual(["tasks.get", "tasks.list"]);
  });

  it("reaches every operation, and every operation has a method", () => {
    const client = createClient({ baseUrl: "http://127.0.0.1:1" });
    const nouns = Object.entries<unknown>({ ...client });
    const methods = nouns.flatMap(([noun, verbs]) =>
      typeof verbs === "object" && verbs !== null ? Object.keys(verbs).map((verb) => `${noun}.${verb}`) : [],
    );
    expect(methods.toSorted()).toEqual(Object.keys(operations).toSorted());
  });

  it("suggests similar names for an unknown operation, and sends no request", async () => {
    const server = await startServer(data(task));
    const client = createClient({ baseUrl: server.url });
    const wrong: [string, string[]][] = [
      ["task.list", ["tasks.list"]],
      ["tasks.crate", ["tasks.create"]],
      ["signin", ["auth.signIn"]],
      ["constructor", []],
      ["../admin", []],
    ];
    for (const [name, closeNames] of wrong) {
      const error: unknown = await client.call(name).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UnknownOperationError);
      expect(error).toMatchObject({ operation: name, closeNames: expect.arrayContaining(closeNames) });
    }
    expect(server.requests).toEqual([]);
  });

  it("gets its types from a known name, and unknown types otherwise", () => {
    const client = createClient({ baseUrl: "http://127.0.0.1:1" });
    const name: string = "tasks.get";
    expectTypeOf(() => client.call("tasks.get", { id: "t" })).returns.toEqualTypeOf<
      Call<Task, "tasks.get">
    >();
    expectTypeOf(() => client.call("tasks.list")).returns.toEqualTypeOf<Paged<ListedTask, "tasks.list">>();
    expectTypeOf(() => client.call(name, {})).returns.toEqualTypeOf<Promise<unknown>>();
    expectTypeOf<Awaited<Paged<Task>>>().toEqualTypeOf<Page<Task>>();
    // @ts-expect-error no such operation
    expectTypeOf(() => client.call("tasks.lst")).toBeFunction();
    // @ts-expect-error its input has no such field
    expectTypeOf(() => client.call("tasks.get", { name: "t" })).toBeFunction();
    // @ts-expect-error its input is missing
    expectTypeOf(() => client.tasks.create()).toBeFunction();
    // @ts-expect-error the workspace is not part of an input
    expectTypeOf(() => client.tasks.create({ projectId: "p", title: "t", workspaceId: "w" })).toBeFunction();
  });
});
