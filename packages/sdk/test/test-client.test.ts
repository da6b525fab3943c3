import { describe, expect, expectTypeOf, it } from "vitest";
import { isProjoError, ProjoConnectionError, ProjoError, type Client, type Task } from "../src/index.ts";
import { callOf, connectionFailure, createTestClient, listOf, projoError } from "../src/testing.ts";

const task: Task = {
  id: "t",
  projectId: "p",
  title: "Ship it",
  status: "todo",
  createdBy: "u",
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  version: 1,
};

describe("a test client", () => {
  it("answers with a value, with a function and with an error, each time with a copy", async () => {
    const client = createTestClient({
      "tasks.get": task,
      "tasks.create": async ({ title }, { operation, workspaceId }) => ({
        ...task,
        title: `${title} ${operation} ${workspaceId}`,
      }),
      "tasks.delete": projoError("task.not_found"),
    });
    const first = await client.tasks.get({ id: "t" });
    expect(first).toEqual(task);
    expect(first).not.toBe(await client.tasks.get({ id: "t" }));
    const created = await client.workspace("w").tasks.create({ projectId: "p", title: "a" });
    expect(created.title).toBe("a tasks.create w");
    await expect(client.tasks.delete({ id: "t" })).rejects.toMatchObject({
      reason: "task.not_found",
      operation: "tasks.delete",
      status: 404,
    });
  });

  it("rejects a call without an answer with an error that names the operation", async () => {
    const client = createTestClient({});
    const error: unknown = await client.projects
      .list()
      .all()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message:
        'The test client has no answer for projects.list. Pass one: createTestClient({ "projects.list": ... }).',
    });
    expect(isProjoError(error)).toBe(false);
  });

  it("passes the error of a failed assertion in a handler on, without a retry", async () => {
    let count = 0;
    const client = createTestClient({
      "tasks.get": () => {
        count += 1;
        throw new RangeError("The handler is wrong.");
      },
    });
    await expect(client.tasks.get({ id: "t" })).rejects.toThrow(RangeError);
    expect(count).toBe(1);
  });

  it("records the calls of all its workspaces, a retry only once", async () => {
    let isFirst = true;
    const client = createTestClient({
      "tasks.get": () => {
        if (!isFirst) return task;
        isFirst = false;
        throw projoError("server.busy");
      },
      "auth.me": projoError("auth.unauthenticated"),
    });
    await client.workspace("w").tasks.get({ id: "t" });
    await client.auth.me().result();
    expect(client.calls.map(({ operation, input, workspaceId }) => [operation, input, workspaceId])).toEqual([
      ["tasks.get", { id: "t" }, "w"],
      ["auth.me", {}, undefined],
    ]);
  });

  it("breaks the connection, and keeps the tokens of a sign-in", async () => {
    const client = createTestClient({
      "tasks.get": () => {
        throw connectionFailure("ECONNREFUSED");
      },
      "auth.signIn": { accessToken: "pja_1", refreshToken: "pjr_1" } as never,
      "auth.signOut": {},
    });
    const error: unknown = await client.tasks.get({ id: "t" }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProjoConnectionError);
    expect(error).toMatchObject({ failure: "unreachable", systemCode: "ECONNREFUSED" });
    await client.auth.signIn({ email: "ann@example.com", password: "x" });
    await client.auth.signOut();
    expect(client.calls.at(-1)?.headers["authorization"]).toBe("Bearer pja_1");
  });

  it("the test client is a Client in types, and refuses outputs and reasons of other operations", () => {
    expectTypeOf(createTestClient({})).toExtend<Client>();
    // @ts-expect-error the output is a task
    expectTypeOf(() => createTestClient({ "tasks.get": { id: 5 } })).toBeFunction();
    // @ts-expect-error there is no such operation
    expectTypeOf(() => createTestClient({ "tasks.gte": task })).toBeFunction();
    // @ts-expect-error the operation does not fail with this reason
    expectTypeOf(() => createTestClient({ "tasks.get": projoError("key.not_found") })).toBeFunction();
  });
});

describe("listOf", () => {
  const tasks = Array.from({ length: 30 }, (_, index) => ({ ...task, id: `t${index}` }));

  it("applies filters by field, or with a function", async () => {
    const client = createTestClient({
      "tasks.list": listOf(tasks, {
        matches: ({ id }, { search }) => search === undefined || id.includes(search),
      }),
      "projects.list": listOf([
        { id: "p", name: "Notes", createdBy: "u", createdAt: "now", updatedAt: "now", version: 1 },
      ]),
    });
    const found = await client.tasks.list({ search: "t1" }).all();
    expect(found.map(({ id }) => id)).toEqual([
      "t1",
      ...Array.from({ length: 10 }, (_, index) => `t1${index}`),
    ]);
    await expect(client.projects.list({ search: "x" })).rejects.toThrow(
      "listOf cannot apply the filter search of projects.list",
    );
  });

  it("refuses a cursor of another workspace, and has pages of items without an id", async () => {
    const client = createTestClient({
      "tasks.list": listOf(tasks),
      "members.list": listOf([1, 2, 3] as never[]),
    });
    const { nextCursor } = await client.workspace("a").tasks.list();
    const other = await client
      .workspace("b")
      .tasks.list({ cursor: nextCursor ?? "" })
      .result();
    expect(other.error?.reason).toBe("cursor.invalid");
    expect(await client.members.list({ limit: 2 }).all()).toEqual([1, 2, 3]);
  });
});

describe("projoError and callOf", () => {
  it("create what a server and a method return", async () => {
    const error = projoError("limit.exceeded", {
      retryAfterSeconds: 3,
      message: "Slow down.",
      operation: "tasks.get",
    });
    expect(error).toBeInstanceOf(ProjoError);
    expect(error).toMatchObject({
      code: "TOO_MANY_REQUESTS",
      status: 429,
      retryAfterSeconds: 3,
      message: "Slow down.",
    });
    expect((await callOf(task).withResponse()).data).toBe(task);
    expect(await callOf(error).result()).toEqual({ ok: false, error });
  });
});
