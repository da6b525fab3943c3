import { setTimeout as wait } from "node:timers/promises";
import { expect, describe, it } from "vitest";
import { createClient } from "../src/index.ts";
import { createInstantClient } from "./instant-client.ts";
import { data, failure, startServer, type TestServer } from "./test-server.ts";

describe("a list", () => {
  it("resolves to the first page when awaited", async () => {
    const { client, server } = await threePages();
    expect(await client.tasks.list({ status: "todo" })).toEqual({ items: [1, 2], nextCursor: "2" });
    expect(server.requests.map(({ input }) => input)).toEqual([{ status: "todo" }]);
  });

  it("iterates over the items of all pages with the same filters", async () => {
    const { client, server } = await threePages();
    expect(await collect(client.tasks.list({ status: "todo", limit: 2 }))).toEqual([1, 2, 3, 4, 5]);
    expect(server.requests.map(({ input }) => input)).toEqual([
      { status: "todo", limit: 2 },
      { status: "todo", limit: 2, cursor: "2" },
      { status: "todo", limit: 2, cursor: "4" },
    ]);
  });

  it("iterates without a limit in pages of 100 items", async () => {
    const { client, server } = await threePages();
    expect(await collect(client.tasks.list())).toEqual([1, 2, 3, 4, 5]);
    expect(server.requests.map(({ input }) => input)).toEqual([
      { limit: 100 },
      { limit: 100, cursor: "2" },
      { limit: 100, cursor: "4" },
    ]);
  });

  it("sends no request before it is awaited or iterated", async () => {
    const { client, server } = await threePages();
    void client.tasks.list();
    await wait(50);
    expect(server.requests).toEqual([]);
  });

  it("fetches its first page only once", async () => {
    const { client, server } = await threePages();
    const list = client.tasks.list();
    const [first, second] = await Promise.all([list, list]);
    expect(first).toBe(second);
    expect(await collect(list)).toEqual([1, 2, 3, 4, 5]);
    expect(server.requests).toHaveLength(3);
  });

  it("fetches no page after a break", async () => {
    const { client, server } = await threePages();
    let count = 0;
    for await (const _ of client.tasks.list()) {
      count += 1;
      if (count === 3) break;
    }
    expect(server.requests).toHaveLength(2);
  });

  it("returns all items, or the first one, which it fetches alone", async () => {
    const { client, server } = await threePages();
    expect(await client.tasks.list({ status: "todo" }).all()).toEqual([1, 2, 3, 4, 5]);
    expect(server.requests[2]?.input).toEqual({ status: "todo", limit: 100, cursor: "4" });
    expect(await client.tasks.list().first()).toBe(5);
    expect(server.requests[3]?.input).toEqual({ limit: 1 });
  });

  it("uses the page that was awaited before, and the limit of the caller", async () => {
    const { client, server } = await threePages();
    const list = client.tasks.list({ limit: 2 });
    await list;
    expect(await list.first()).toBe(1);
    expect(await list.all()).toEqual([1, 2, 3, 4, 5]);
    expect(server.requests.map(({ input }) => input)).toEqual([
      { limit: 2 },
      { limit: 2, cursor: "2" },
      { limit: 2, cursor: "4" },
    ]);
  });

  it("refuses to return a part of a list that has more items than max", async () => {
    const { client, server } = await threePages();
    await expect(client.tasks.list().all({ max: 4 })).rejects.toThrow(
      "tasks.list has more than 4 items. Pass a larger max: all({ max: 40 }), or use for await.",
    );
    expect(server.requests).toHaveLength(2);
    expect(await client.tasks.list().all({ max: 5 })).toEqual([5]);
    for (const max of [0, -1, 1.5, Number.NaN]) {
      await expect(client.tasks.list().all({ max })).rejects.toThrow("The maximum must be a whole number");
    }
  });

  it("stops at an abort between two pages, and retries a page that fails", async () => {
    const { client, server } = await threePages();
    const controller = new AbortController();
    const seen: unknown[] = [];
    const walk = async () => {
      for await (const item of client.tasks.list({}, { signal: controller.signal })) {
        seen.push(item);
        if (seen.length === 2) controller.abort(new Error("Enough."));
      }
    };
    await expect(walk()).rejects.toThrow("Enough.");
    expect(server.requests).toHaveLength(1);
    const flaky = await startServer(
      data({ items: [1], nextCursor: "1" }),
      failure(503, { code: "SERVICE_UNAVAILABLE", reason: "server.busy" }),
      data({ items: [2], nextCursor: null }),
    );
    const { client: patient } = createInstantClient({ baseUrl: flaky.url });
    expect(await patient.tasks.list().all()).toEqual([1, 2]);
  });

  it("iterates page by page", async () => {
    const { client } = await threePages();
    const sizes: number[] = [];
    for await (const page of client.tasks.list().pages()) sizes.push(page.items.length);
    expect(sizes).toEqual([2, 2, 1]);
  });

  it("rejects only where it is awaited or iterated", async () => {
    const unhandled: unknown[] = [];
    const keep = (error: unknown) => void unhandled.push(error);
    process.on("unhandledRejection", keep);
    try {
      const server = await startServer(failure(403, { reason: "permission.denied" }));
      const client = createClient({ baseUrl: server.url });
      await expect(client.tasks.list()).rejects.toMatchObject({ reason: "permission.denied" });
      await expect(collect(client.tasks.list())).rejects.toMatchObject({ reason: "permission.denied" });
      void client.tasks.list();
      await wait(50);
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", keep);
    }
  });

  it("rejects when the server returns the same cursor twice", async () => {
    const server = await startServer(data({ items: [1], nextCursor: "again" }));
    const client = createClient({ baseUrl: server.url });
    await expect(collect(client.tasks.list())).rejects.toMatchObject({
      code: "UNEXPECTED_ANSWER",
      operation: "tasks.list",
    });
    expect(server.requests).toHaveLength(2);
  });
});

async function threePages(): Promise<{ client: ReturnType<typeof createClient>; server: TestServer }> {
  const server = await startServer(
    data({ items: [1, 2], nextCursor: "2" }),
    data({ items: [3, 4], nextCursor: "4" }),
    data({ items: [5], nextCursor: null }),
  );
  return { client: createClient({ baseUrl: server.url }), server };
}

async function collect<T>(list: AsyncIterable<T>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of list) items.push(item);
  return items;
}
