import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import {
  createClient,
  type ListedTask,
  type OperationError,
  type Page,
  type Result,
  type Task,
} from "../src/index.ts";
import { data, failure, startServer } from "./test-server.ts";

const task = { id: "t", title: "Ship it" };
const refused = failure(404, { code: "NOT_FOUND", reason: "task.not_found" }, { "x-request-id": "req-9" });

describe("withResponse", () => {
  it("returns the data with the status, the headers and the request id, and sends one request", async () => {
    const server = await startServer((_, response) => {
      response.setHeader("x-request-id", "req-1").setHeader("x-budget", "7");
      data(task)({} as never, response);
    });
    const client = createClient({ baseUrl: server.url });
    const answer = await client.tasks.create({ projectId: "p", title: "Ship it" }).withResponse();
    expect(answer).toMatchObject({ data: task, status: 200, requestId: "req-1" });
    expect(answer.headers.get("X-Budget")).toBe("7");
    expect(answer.headers.get("x-other")).toBeNull();
    expect(server.requests).toHaveLength(1);
    expectTypeOf(answer.data).toEqualTypeOf<Task>();
  });

  it("returns the first page of a list, which is fetched once", async () => {
    const server = await startServer(data({ items: [task], nextCursor: null }));
    const list = createClient({ baseUrl: server.url }).tasks.list();
    const { data: page, status } = await list.withResponse();
    expect([page.items, status]).toEqual([[task], 200]);
    expect(await list).toBe(page);
    expect(server.requests).toHaveLength(1);
    expectTypeOf(page).toEqualTypeOf<Page<ListedTask>>();
  });

  it("rejects as the call does, and leaves no unhandled rejection", async () => {
    const unhandled = watchUnhandled();
    const server = await startServer(refused);
    const client = createClient({ baseUrl: server.url });
    const rejected = { reason: "task.not_found" };
    await expect(client.tasks.get({ id: "t" }).withResponse()).rejects.toMatchObject(rejected);
    await expect(client.tasks.list().withResponse()).rejects.toMatchObject(rejected);
    await wait(50);
    expect(unhandled).toEqual([]);
  });
});

describe("result", () => {
  it("returns the data, or the error of the server", async () => {
    const server = await startServer(data(task), refused, refused);
    const client = createClient({ baseUrl: server.url });
    expect(await client.tasks.get({ id: "t" }).result()).toEqual({ ok: true, data: task });
    const { ok, data: none, error } = await client.tasks.get({ id: "t" }).result();
    expect([ok, none, error?.reason, error?.operation]).toEqual([
      false,
      undefined,
      "task.not_found",
      "tasks.get",
    ]);
    expect(await client.tasks.list().result()).toMatchObject({ ok: false, error: { status: 404 } });
  });

  it("returns the error of a lost connection", async () => {
    const client = createClient({ baseUrl: "http://127.0.0.1:9", maxRetries: 0 });
    expect(await client.tasks.get({ id: "t" }).result()).toMatchObject({
      ok: false,
      error: { code: "CONNECTION_FAILED" },
    });
  });

  it("rejects with an abort and with a TypeError, which are no errors of the server", async () => {
    const unhandled = watchUnhandled();
    const client = createClient({ baseUrl: "http://127.0.0.1:9" });
    const signal = AbortSignal.abort(new Error("Stopped."));
    await expect(client.tasks.get({ id: "t" }, { signal }).result()).rejects.toThrow("Stopped.");
    await expect(client.tasks.get({ id: "t" }, { timeoutMs: -1 }).result()).rejects.toThrow(TypeError);
    await wait(50);
    expect(unhandled).toEqual([]);
  });

  it("knows the reasons of its operation at compile time", () => {
    expect(reasonOf({ ok: true, data: { title: "Ship it" } as Task })).toBe("Ship it");
  });
});

describe("a call", () => {
  it("a call is a promise for Promise.all, race and await, and its derived promises are plain", async () => {
    const server = await startServer(data(task));
    const { tasks } = createClient({ baseUrl: server.url });
    const call = tasks.get({ id: "t" });
    expect(call).toBeInstanceOf(Promise);
    expect(call.then(({ title }) => title).constructor).toBe(Promise);
    expect(await Promise.all([call, tasks.get({ id: "t" })])).toEqual([task, task]);
    expect(await Promise.race([call, new Promise(() => {})])).toEqual(task);
    expect(await call.finally(() => undefined)).toEqual(task);
  });

  it("starts without being awaited, and reports a failure that nobody handles once", async () => {
    const unhandled = watchUnhandled();
    const server = await startServer(refused);
    void createClient({ baseUrl: server.url }).tasks.delete({ id: "t" });
    await expect.poll(() => unhandled.length).toBe(1);
    expect(server.requests).toHaveLength(1);
  });
});

/** Compiles only because the result narrows. */
const reasonOf = (result: Result<Task, "tasks.get">): string => {
  if (result.ok) return result.data.title;
  expectTypeOf(result.error).toEqualTypeOf<OperationError<"tasks.get">>();
  return result.error.reason === "task.not_found" ? "gone" : result.error.message;
};

function watchUnhandled(): unknown[] {
  const unhandled: unknown[] = [];
  const keep = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", keep);
  onTestFinished(() => void process.off("unhandledRejection", keep));
  return unhandled;
}
