// One suite for the client of unit tests and for a client of a server, so that the former behaves as the latter.
import { createClient, isReason, type Client, type Task } from "@projostack/sdk";
import { createTestClient, listOf, projoError } from "@projostack/sdk/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { password, startTestServer, type TestServer } from "../kit/index.ts";

interface Subject {
  /** A client of a workspace with one project and 25 tasks, every second of which is done. */
  readonly client: Client;
  /** The tasks, the newest first. */
  readonly tasks: readonly Task[];
}

const TASK_COUNT = 25;
const absentId = "0197a3f0-0000-7000-8000-000000000001";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function onServer(): Promise<Subject> {
  const user = createClient({ baseUrl: server.url });
  await user.auth.signUp({ email: `suite-${crypto.randomUUID()}@example.com`, password });
  const { id } = await user.workspaces.create({ name: "Engines" });
  const client = user.workspace(id);
  const project = await client.projects.create({ name: "Notes" });
  const tasks: Task[] = [];
  for (let index = 0; index < TASK_COUNT; index += 1) {
    const status = index % 2 === 0 ? "todo" : "done";
    tasks.unshift(await client.tasks.create({ projectId: project.id, title: `Note ${index}`, status }));
  }
  return { client, tasks };
}

/** Has the tasks of a server, so that both clients answer with the same data. */
async function inMemory(): Promise<Subject> {
  const { tasks } = await onServer();
  const stored = [...tasks];
  const find = (id: string) => {
    const index = stored.findIndex((task) => task.id === id);
    if (index === -1) throw projoError("task.not_found");
    return index;
  };
  const client = createTestClient({
    "tasks.list": listOf(() => stored),
    "tasks.get": ({ id }) => stored[find(id)] ?? projoError("task.not_found"),
    "tasks.delete": ({ id }) => {
      stored.splice(find(id), 1);
      return { id };
    },
  });
  return { client: client.workspace(absentId), tasks };
}

describe.each([
  ["the client of a server", onServer],
  ["the client of unit tests", inMemory],
])("%s", (_, open) => {
  let client: Client;
  let tasks: readonly Task[];
  beforeAll(async () => {
    ({ client, tasks } = await open());
  });

  it("returns a page of 20 items, and all pages", async () => {
    const page = await client.tasks.list();
    expect(page.items).toEqual(tasks.slice(0, 20));
    expect(page.nextCursor).toEqual(expect.any(String));
    expect(await client.tasks.list({ cursor: page.nextCursor ?? "" })).toEqual({
      items: tasks.slice(20),
      nextCursor: null,
    });
    expect(await client.tasks.list().all()).toEqual(tasks);
    expect(await client.tasks.list().first()).toEqual(tasks[0]);
  });

  it("returns pages of the limit", async () => {
    const sizes: number[] = [];
    for await (const page of client.tasks.list({ limit: 7 }).pages()) sizes.push(page.items.length);
    expect(sizes).toEqual([7, 7, 7, 4]);
    expect((await client.tasks.list({ limit: 25 })).nextCursor).toBeNull();
    await expect(client.tasks.list({ limit: 5 }).all({ max: 24 })).rejects.toThrow(RangeError);
  });

  it("applies a filter", async () => {
    const done = tasks.filter(({ status }) => status === "done");
    expect(await client.tasks.list({ status: "done", limit: 5 }).all()).toEqual(done);
  });

  it("refuses a cursor of other filters, a changed one, and an invalid limit", async () => {
    const { nextCursor } = await client.tasks.list({ status: "done", limit: 5 });
    const cursor = nextCursor ?? "";
    for (const input of [{ cursor }, { cursor, status: "todo" as const }, { cursor: "x" }]) {
      const { error } = await client.tasks.list(input).result();
      expect(error).toMatchObject({ reason: "cursor.invalid", code: "BAD_REQUEST", status: 400 });
    }
    for (const limit of [0, 101, 1.5]) {
      const { error } = await client.tasks.list({ limit }).result();
      expect(error).toMatchObject({ reason: "input.invalid", status: 400, operation: "tasks.list" });
      expect(Object.keys(error?.fieldErrors ?? {})).toEqual(["limit"]);
    }
  });

  it("continues after the last item of a page when that item is deleted", async () => {
    const kept = (await client.tasks.list().all()).map(({ id }) => id);
    const seen: string[] = [];
    for await (const page of client.tasks.list({ limit: 4 }).pages()) {
      seen.push(...page.items.map(({ id }) => id));
      const last = page.items.at(-1);
      if (seen.length === 8 && last) await client.tasks.delete({ id: last.id });
    }
    expect(seen).toEqual(kept);
  });

  it("rejects with the error of the server", async () => {
    const error: unknown = await client.tasks.get({ id: absentId }).catch((reason: unknown) => reason);
    expect(isReason(error, "task.not_found")).toBe(true);
    expect(error).toMatchObject({
      name: "ProjoError",
      message: "There is no such task in this workspace.",
      operation: "tasks.get",
      code: "NOT_FOUND",
      status: 404,
      requestId: expect.any(String),
      mayHaveBeenCarriedOut: false,
    });
  });

  it("returns the response", async () => {
    const id = tasks[0]?.id ?? "";
    const { data, status, requestId, headers } = await client.tasks.get({ id }).withResponse();
    expect([data, status]).toEqual([tasks[0], 200]);
    expect(requestId).toBe(headers.get("x-request-id"));
    expect(requestId).toEqual(expect.any(String));
  });

  it("refuses wrong arguments, and stops at an abort", async () => {
    const wrong: unknown = { id: new Map() };
    await expect(client.tasks.get(wrong as { id: string })).rejects.toThrow(/"id" in the input .* is a Map/);
    const signal = AbortSignal.abort(new Error("Stopped."));
    await expect(client.tasks.get({ id: absentId }, { signal })).rejects.toThrow("Stopped.");
    await expect(client.tasks.list({}, { signal }).all()).rejects.toThrow("Stopped.");
    const misspelt: string = "tasks.gte";
    await expect(client.call(misspelt)).rejects.toThrow("Did you mean tasks.get");
  });
});
