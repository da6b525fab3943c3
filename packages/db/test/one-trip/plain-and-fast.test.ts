// The SQL statements for tasks return the same as the Prisma queries that they replaced.
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import {
  brokenConstraint,
  createDb,
  openPool,
  taskListQuery,
  type Db,
  type ListOrder,
  type TaskListing,
  type TaskRow,
  type TenantRead,
} from "../../src/index.ts";
import { columnsOf } from "../../src/tenant/models.ts";
import { fold } from "../kit/fold.ts";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
let other: PlantedWorkspace;
let pools: pg.Pool[];
let ways: Readonly<Record<"kept" | "pooled", Db>>;
beforeAll(async () => {
  database = await createTestDatabase();
  const { owner, server } = inject("cluster");
  const target = { host: owner.host, port: owner.port, ...server, database: database.name };
  // One connection each, so that every statement is prepared on it.
  pools = [openPool({ target, max: 1 }), openPool({ target, max: 1, pooled: true })];
  const [kept, pooled] = pools as [pg.Pool, pg.Pool];
  ways = { kept: createDb({ pool: kept }), pooled: createDb({ pool: pooled, pooled: true }) };
  [home, other] = [await plantWorkspace(database), await plantWorkspace(database)];
  await plantTasks(home);
  await plantTasks(other);
});
afterAll(async () => {
  await Promise.all(Object.values(ways).map((db) => db.close()));
  await database.drop();
});

const titles = [
  "Note",
  "100 %",
  "a_b",
  String.raw`back\slash`,
  `'; DROP TABLE tasks; --"`,
  "ÉCOLE école e\u0301cole",
  "İstanbul ǅ ß ﬀ",
  "🙂 \u{10ffff} \u{e0001}",
  "\t\u00a0\u200b\u202e",
  "$1 {1,2} (,) NULL",
  "x".repeat(200),
] as const;
const times = [
  "0001-01-01T00:00:00.000Z",
  "1582-10-10T00:00:00.001Z",
  "1970-01-01T00:00:00.000Z",
  "2026-02-28T23:59:59.999Z",
  "9999-12-31T23:59:59.999Z",
] as const;

async function plantTasks({ id, projectId, userId }: PlantedWorkspace): Promise<void> {
  for (const [nth, title] of [...titles, ...titles].entries()) {
    await database.owner(
      `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by, external_id, created_at,
                          updated_at, version)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        randomUUID(),
        id,
        projectId,
        title,
        ["todo", "doing", "done"][nth % 3],
        userId,
        nth % 2 === 0 ? `external ${nth}` : null,
        times[nth % times.length],
        nth % 4 === 0 ? "9999-12-31T23:59:59.999Z" : null,
        1 + (nth % 4),
      ],
    );
  }
}

const SELECTED = {
  id: true,
  projectId: true,
  title: true,
  status: true,
  createdBy: true,
  createdAt: true,
  updatedAt: true,
  version: true,
} as const;

type Plain = Pick<TaskRow, keyof typeof SELECTED>;

const changedAt = ({ updatedAt, createdAt }: Plain): number => (updatedAt ?? createdAt).getTime();
const byId = (one: Plain, another: Plain): number => (one.id < another.id ? -1 : 1);

/** How a task is ordered before another one. */
const comparisons: Readonly<Record<ListOrder, (one: Plain, another: Plain) => number>> = {
  newest: (one, another) => byId(another, one),
  oldest: byId,
  last_changed: (one, another) => changedAt(another) - changedAt(one) || byId(another, one),
};

/** The list of tasks by Prisma, searched and ordered in JavaScript. */
async function plainList({ task }: TenantRead, { limit, search, order = "newest", ...listing }: TaskListing) {
  const { after, projectId, status, createdBy, createdAfter, createdBefore, ids } = listing;
  const found = await task.findMany({
    where: {
      ...(projectId === undefined ? {} : { projectId }),
      ...(status === undefined ? {} : { status }),
      ...(createdBy === undefined ? {} : { createdBy }),
      ...(ids === undefined ? {} : { id: { gte: ids.first, lte: ids.last } }),
      createdAt: {
        ...(createdAfter === undefined ? {} : { gte: createdAfter }),
        ...(createdBefore === undefined ? {} : { lt: createdBefore }),
      },
    },
    select: SELECTED,
  });
  const last = after && { ...found[0], id: after.id, updatedAt: after.changedAt ?? null };
  return found
    .toSorted(comparisons[order])
    .filter((one) => last === undefined || comparisons[order](one, last as Plain) > 0)
    .filter(({ title }) => search === undefined || fold(title).includes(fold(search)))
    .slice(0, limit);
}

/** Every combination of filters, 2 to the power of their number, in every order. */
function listings(values: Required<Omit<TaskListing, "limit" | "order" | "withProjectName">>): TaskListing[] {
  const filters = Object.entries(values);
  return ORDERS.flatMap((order) =>
    Array.from({ length: 2 ** filters.length }, (_, which) => ({
      limit: 5,
      order,
      ...Object.fromEntries(filters.filter((__, nth) => (which >> nth) % 2 === 1)),
    })),
  );
}

const ORDERS = [undefined, "oldest", "last_changed"] as const;

const middling = () => ({
  after: { id: "c0000000-0000-4000-8000-000000000000", changedAt: new Date("2026-02-28T23:59:59.999Z") },
  projectId: home.projectId,
  status: "doing",
  createdBy: home.userId,
  createdAfter: new Date("1582-01-01T00:00:00Z"),
  createdBefore: new Date("9999-01-01T00:00:00Z"),
  search: "e",
  ids: { first: "40000000-0000-0000-0000-000000000000", last: "bfffffff-ffff-ffff-ffff-ffffffffffff" },
});

const broken = (work: Promise<unknown>) => work.then(() => "made", brokenConstraint);

describe.each(["kept", "pooled"] as const)("the SQL statements (prepared statements: %s)", (way) => {
  const readIn = <T>(place: PlantedWorkspace, fn: (tables: TenantRead) => Promise<T>) =>
    ways[way].read(place.grant("task:read"), fn);
  const both = (listing: TaskListing, place = home) =>
    readIn(place, async (tables) => [await tables.sql.tasks.list(listing), await plainList(tables, listing)]);

  it("list the same tasks for every combination of filters, also the second time", async () => {
    let found = 0;
    for (const listing of [...listings(middling()), ...listings(middling())]) {
      const [fast, plain] = await both(listing);
      expect(fast, JSON.stringify(listing)).toEqual(plain);
      found += plain?.length ?? 0;
    }
    expect(found).toBeGreaterThan(200);
  });

  it("add the name of the project to the same page of tasks, in every order", async () => {
    for (const order of ORDERS) {
      for (const search of [undefined, "e"]) {
        const listing = { limit: 7, order, search };
        const [page, named, projects] = await readIn(home, async ({ sql: { tasks }, project }) => [
          await tasks.list(listing),
          await tasks.list({ ...listing, withProjectName: true }),
          await project.findMany({ select: { id: true, name: true } }),
        ]);
        const names = new Map(projects.map(({ id, name }) => [id, name]));
        expect(page.length).toBe(7);
        expect(named).toEqual(page.map((task) => ({ ...task, projectName: names.get(task.projectId) })));
      }
    }
  });

  it.each(titles)("find the same tasks by the words and the letters of %j", async (title) => {
    const words = [title, title.toUpperCase(), title.toLowerCase(), ...new Set(title)].filter((search) =>
      search.isWellFormed(),
    );
    for (const search of words) {
      const [fast, plain] = await both({ limit: 30, search });
      expect(fast, JSON.stringify(search)).toEqual(plain);
    }
  });

  it("find the same tasks by each time and by a millisecond before and after, with the same times", async () => {
    for (const time of times) {
      for (const beside of [-1, 0, 1]) {
        const date = new Date(new Date(time).getTime() + beside);
        if (date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999) continue;
        for (const bound of [{ createdAfter: date }, { createdBefore: date }]) {
          const [fast, plain] = await both({ limit: 30, ...bound });
          expect(fast, JSON.stringify(bound)).toEqual(plain);
        }
      }
    }
  });

  it("return the same page for every limit, without rows of another workspace", async () => {
    for (const limit of [1, 2, 22, 23, 24, 101]) {
      const [fast, plain] = await both({ limit });
      expect(fast).toEqual(plain);
    }
    for (const listing of listings({ ...middling(), projectId: other.projectId, createdBy: other.userId })) {
      const [fast, plain] = await both(listing);
      expect(fast).toEqual(plain);
    }
  });

  it("find the same task by id, and none of another workspace or with an unknown id", async () => {
    for (const id of [home.taskId, other.taskId, randomUUID(), "00000000-0000-0000-0000-000000000000"]) {
      const [fast, plain] = await readIn(home, async ({ sql: { tasks }, task }) => [
        await tasks.find(id),
        await task.findFirst({ where: { id }, select: SELECTED }),
      ]);
      expect(fast).toEqual(plain);
    }
  });

  it.each(titles)("insert the same task with the title %j", async (title) => {
    const made = { projectId: home.projectId, title, status: "todo", createdBy: home.userId };
    const [fast, plain] = await ways[way].write(
      home.grant("task:write"),
      async ({ sql: { tasks }, task }) => [
        await tasks.insert({ id: randomUUID(), ...made }),
        await task.create({ data: { id: randomUUID(), workspaceId: home.id, ...made }, select: SELECTED }),
      ],
    );
    // The creation time is the transaction's; Prisma used the time of the process.
    const createdAt = expect.any(Date) as Date;
    expect(fast).toEqual({ ...plain, id: fast?.id, createdAt });
    await database.owner("DELETE FROM tasks WHERE id = ANY ($1)", [[fast?.id, plain?.id]]);
  });

  it("reject the same tasks by the same constraints", async () => {
    const right = {
      id: home.taskId,
      projectId: home.projectId,
      title: "Note",
      status: "todo",
      createdBy: home.userId,
    };
    for (const wrong of [
      right,
      { ...right, id: randomUUID(), projectId: other.projectId },
      { ...right, id: randomUUID(), status: "later" },
      { ...right, id: randomUUID(), title: "" },
      { ...right, id: randomUUID(), createdBy: randomUUID() },
    ]) {
      const db = ways[way];
      const grant = home.grant("task:write");
      const fast = await broken(db.write(grant, ({ sql: { tasks } }) => tasks.insert(wrong)));
      const plain = await broken(
        db.write(grant, ({ task }) => task.create({ data: { ...wrong, workspaceId: home.id } })),
      );
      // Prisma does not report the name of a CHECK constraint.
      expect([fast, null]).toContain(plain);
      expect(fast).toMatch(/^tasks_/);
    }
  });
});

describe("the prepared statements", () => {
  it("have distinct names that PostgreSQL does not truncate", () => {
    const named = new Map<string, string>();
    const all = listings(middling());
    for (const listing of [...all, ...all.map((one) => ({ ...one, withProjectName: true }))]) {
      const { name, text } = taskListQuery(listing);
      expect(named.get(name) ?? text, name).toBe(text);
      expect(Buffer.byteLength(name), name).toBeLessThan(64);
      named.set(name, text);
    }
    expect(named.size).toBe(2 * ORDERS.length * 2 ** 8);
  });

  it("return every column of the model but two, with Prisma's types", async () => {
    const [fast, plain] = await ways.kept.read(home.grant("task:read"), async ({ sql: { tasks }, task }) => [
      await tasks.find(home.taskId),
      await task.findFirst({ where: { id: home.taskId } }),
    ]);
    const columns = Object.keys(columnsOf("Task")).filter(
      (name) => !["workspaceId", "externalId"].includes(name),
    );
    expect(Object.keys(fast ?? {}).toSorted()).toEqual(columns.toSorted());
    expect(plain).toMatchObject({ ...fast });
  });
});
