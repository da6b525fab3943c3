// The orders of the lists of tasks and projects.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  foundWorkspace,
  idsOf,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";

let server: TestServer;
let ada: Person;
let workspaceId: string;
let projectId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
  projectId = String((await ada.call("projects.create", { name: "Notes" }, workspaceId)).data.id);
});
afterAll(() => server.close());

const call = (operation: string, input: object): Promise<Answer> => ada.call(operation, input, workspaceId);

interface Item {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

/** Reads all pages of a list. @param between runs after each page */
async function readAll(operation: string, input: object, between = async (_: readonly Item[]) => {}) {
  const found: Item[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const answer: Answer = await call(operation, {
      limit: 7,
      ...input,
      ...(cursor === undefined ? {} : { cursor }),
    });
    expect(answer.status).toBe(200);
    found.push(...(answer.data.items as Item[]));
    cursor = answer.data.nextCursor as string | null;
    await between(answer.data.items as Item[]);
  }
  return found;
}

/** Creates 60 items of a resource, and changes every third of them in a mixed order. @returns the ids, oldest first */
async function make(resource: Resource): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < 60; n += 1)
    ids.push(String((await call(`${resource.name}.create`, resource.create(n))).data.id));
  for (let n = 0; n < 60; n += 3)
    await call(`${resource.name}.update`, { id: ids[(n * 7) % 60], ...resource.change(n) });
  return ids;
}

interface Resource {
  readonly name: "tasks" | "projects";
  readonly create: (n: number) => object;
  readonly change: (n: number) => object;
}

const resources: readonly Resource[] = [
  {
    name: "tasks",
    create: (n) => ({ projectId, title: `Ordered ${n}` }),
    change: (n) => ({ title: `Ordered and changed ${n}` }),
  },
  {
    name: "projects",
    create: (n) => ({ name: `Ordered ${n}` }),
    change: (n) => ({ name: `Ordered, changed ${n}` }),
  },
];

describe.each(resources)("the list of $name", (resource) => {
  const { name } = resource;
  let ids: string[];
  beforeAll(async () => {
    ids = await make(resource);
  });
  const list = (input: object, between?: (page: readonly Item[]) => Promise<void>) =>
    readAll(`${name}.list`, { search: "ordered", ...input }, between);

  it("the list has the newest item first if the input names no order", async () => {
    const newest = await list({});
    expect(newest.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(await list({ order: "newest" })).toEqual(newest);
  });

  it("can have the oldest item first", async () => {
    expect((await list({ order: "oldest" })).map(({ id }) => id)).toEqual(ids);
  });

  it("can have the last changed item first, with and without a search", async () => {
    const found = await list({ order: "last_changed" });
    expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const sorted = found.toSorted((one, other) =>
      one.updatedAt === other.updatedAt
        ? one.id < other.id
          ? 1
          : -1
        : one.updatedAt < other.updatedAt
          ? 1
          : -1,
    );
    expect(found).toEqual(sorted);
    expect(found.filter(({ version }) => version > 1)).toHaveLength(20);
    expect(found.slice(0, 20).every(({ version }) => version === 2)).toBe(true);
    expect(found.slice(20).every(({ createdAt, updatedAt }) => createdAt === updatedAt)).toBe(true);
    const all = await readAll(`${name}.list`, { order: "last_changed", limit: 9 });
    expect(all.filter(({ id }) => ids.includes(id))).toEqual(found);
  });

  it.each(["newest", "oldest", "last_changed"])(
    "shows each item that does not change exactly once while others change: %s",
    async (order) => {
      const changed = new Set<string>();
      const ofAll: string[] = [];
      const seen = await readAll(`${name}.list`, { order, limit: 7 }, async (page) => {
        ofAll.push(...page.map(({ id }) => id).filter((id) => ids.includes(id)));
        // Change the last item of the page, one that was shown before, and one that was not shown yet.
        const shown = ofAll.at(-1);
        const earlier = ofAll[0];
        const later = ids.find((id) => !ofAll.includes(id) && !changed.has(id));
        for (const id of [shown, earlier, later]) {
          if (id === undefined) continue;
          changed.add(id);
          await call(`${name}.update`, { id, ...resource.change(changed.size + 100) });
        }
      });
      const still = ids.filter((id) => !changed.has(id));
      expect(changed.size).toBeGreaterThan(8);
      expect(still.length).toBeGreaterThan(20);
      const counts = still.map((id) => seen.filter((item) => item.id === id).length);
      expect(counts).toEqual(still.map(() => 1));
    },
  );

  it("shows each of many items with the same time exactly once", async () => {
    const table = name;
    await server.database.owner(`ALTER TABLE ${table} DISABLE TRIGGER row_changed`);
    await server.database.owner(
      `UPDATE ${table} SET updated_at = '2099-05-05T05:05:05.005Z' WHERE id = ANY ($1)`,
      [ids],
    );
    await server.database.owner(`ALTER TABLE ${table} ENABLE TRIGGER row_changed`);
    const found = await list({ order: "last_changed" });
    expect(found.map(({ id }) => id)).toEqual(ids.toSorted().toReversed());
  });

  it("refuses another order", async () => {
    const answer = await call(`${name}.list`, { order: "name" });
    expect(answer.error).toMatchObject({ reason: "input.invalid" });
    expect(Object.keys(answer.error?.fieldErrors ?? {})).toEqual(["order"]);
  });
});

it("a filter and an order apply together", async () => {
  const other = String((await call("projects.create", { name: "Filtered" })).data.id);
  const made = await call("tasks.createMany", {
    items: Array.from({ length: 30 }, (_, n) => ({
      projectId: other,
      title: `Filtered ${n}`,
      status: n % 2 ? "todo" : "doing",
    })),
  });
  const todo = idsOf(made).filter((_, n) => n % 2 === 1);
  for (const id of [todo[4], todo[2]]) await call("tasks.update", { id, title: "Filtered again" });
  for (const filter of [{ projectId: other }, { createdBy: ada.id, projectId: other }]) {
    const found = await readAll("tasks.list", { order: "last_changed", status: "todo", ...filter });
    expect(found.map(({ id }) => id)).toEqual([
      todo[2],
      todo[4],
      ...todo.filter((_, n) => n !== 2 && n !== 4).toReversed(),
    ]);
  }
});
