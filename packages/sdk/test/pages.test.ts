import { setTimeout as wait } from "node:timers/promises";
import { expect, describe, it } from "vitest";
import { createClient } from "../src/index.ts";
import { data, failure, startServer, type TestServer } from "./test-server.ts";

describe("a list", () => {
  it("is its first page when awaited", async () => {
    const { client, server } = await threePages();
    expect(await client.tasks.list({ status: "todo" })).toEqual({ items: [1, 2], nextCursor: "2" });
    expect(server.asked.map(({ input }) => input)).toEqual([{ status: "todo" }]);
  });

  it("is all items of all pages when walked, with the same filters on each", async () => {
    const { client, server } = await threePages();
    expect(await walk(client.tasks.list({ status: "todo", limit: 2 }))).toEqual([1, 2, 3, 4, 5]);
    expect(server.asked.map(({ input }) => input)).toEqual([
      { status: "todo", limit: 2 },
      { status: "todo", limit: 2, cursor: "2" },
      { status: "todo", limit: 2, cursor: "4" },
    ]);
  });

  it("is walked without any input as well", async () => {
    const { client, server } = await threePages();
    expect(await walk(client.tasks.list())).toEqual([1, 2, 3, 4, 5]);
    expect(server.asked.map(({ input }) => input)).toEqual([undefined, { cursor: "2" }, { cursor: "4" }]);
  });

  it("is not asked for before it is awaited or walked", async () => {
    const { client, server } = await threePages();
    void client.tasks.list();
    await wait(50);
    expect(server.asked).toEqual([]);
  });

  it("is asked for once, however often its first page is awaited", async () => {
    const { client, server } = await threePages();
    const list = client.tasks.list();
    const [first, second] = await Promise.all([list, list]);
    expect(first).toBe(second);
    expect(await walk(list)).toEqual([1, 2, 3, 4, 5]);
    expect(server.asked).toHaveLength(3);
  });

  it("asks for no page after the walk was left", async () => {
    const { client, server } = await threePages();
    let walked = 0;
    for await (const _ of client.tasks.list()) {
      walked += 1;
      if (walked === 3) break;
    }
    expect(server.asked).toHaveLength(2);
  });

  it("can be walked page by page", async () => {
    const { client } = await threePages();
    const sizes: number[] = [];
    for await (const page of client.tasks.list().pages()) sizes.push(page.items.length);
    expect(sizes).toEqual([2, 2, 1]);
  });

  it("fails where it is awaited or walked, and nowhere else", async () => {
    const unhandled: unknown[] = [];
    const keep = (error: unknown) => void unhandled.push(error);
    process.on("unhandledRejection", keep);
    try {
      const server = await startServer(failure(403, { reason: "permission.denied" }));
      const client = createClient({ baseUrl: server.url });
      await expect(client.tasks.list()).rejects.toMatchObject({ reason: "permission.denied" });
      await expect(walk(client.tasks.list())).rejects.toMatchObject({ reason: "permission.denied" });
      void client.tasks.list();
      await wait(50);
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", keep);
    }
  });

  it("does not go round for ever when a server sends the same cursor again", async () => {
    const server = await startServer(data({ items: [1], nextCursor: "again" }));
    const client = createClient({ baseUrl: server.url });
    await expect(walk(client.tasks.list())).rejects.toMatchObject({
      code: "UNEXPECTED_ANSWER",
      operation: "tasks.list",
    });
    expect(server.asked).toHaveLength(2);
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

async function walk<T>(list: AsyncIterable<T>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of list) items.push(item);
  return items;
}
