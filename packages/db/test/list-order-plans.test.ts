// Each order of the lists is an index scan without a sort, in a large workspace among many small ones, with and without filters.
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ListOrder, ListPosition } from "../src/tenant/list-order.ts";
import { projectListQuery } from "../src/tenant/projects.ts";
import { taskListQuery, type TaskListing } from "../src/tenant/tasks.ts";
import { bySuite, createTestDatabase, type TestDatabase } from "./kit/index.ts";
import { planModes, planOf, workOf } from "./kit/plan-of.ts";
import { plantWorkspace, type PlantedWorkspace } from "./kit/plant-workspace.ts";
import { vacuumAllVisible } from "./kit/vacuum-all-visible.ts";

const WORKSPACES = 300;
const PROJECTS = 100;
const TASKS = bySuite({ short: 20_000, full: 100_000 });
const ORDERS = ["newest", "oldest", "last_changed"] as const satisfies readonly ListOrder[];

let database: TestDatabase;
let home: PlantedWorkspace;
let client: pg.PoolClient;
let projectId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  await database.owner(
    `WITH place AS (SELECT gen_random_uuid() AS id, gen_random_uuid() AS person FROM generate_series(1, $1::int)),
     people AS (INSERT INTO users (id, email, password_hash) SELECT person, person || '@example.com', 'none' FROM place),
     made AS (INSERT INTO workspaces (id, name, created_by) SELECT id, 'Small', person FROM place)
     INSERT INTO projects (id, workspace_id, name, created_by) SELECT gen_random_uuid(), id, 'Small', person FROM place`,
    [WORKSPACES],
  );
  await database.owner(
    `INSERT INTO projects (id, workspace_id, name, created_by, created_at)
     SELECT gen_random_uuid(), $1, 'Large ' || n, $2, now() - n * interval '1 hour' FROM generate_series(1, $3::int) AS n`,
    [home.id, home.userId, PROJECTS - 1],
  );
  await database.owner(
    `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by, created_at)
     SELECT gen_random_uuid(), p.workspace_id, p.id, 'Chapter ' || n, (ARRAY['todo', 'doing', 'done'])[1 + n % 3], p.created_by,
            now() - n * interval '1 hour'
       FROM projects AS p,
            generate_series(1, CASE p.workspace_id WHEN '${home.id}' THEN ${TASKS / PROJECTS} ELSE 20 END) AS n`,
  );
  await database.owner(
    `INSERT INTO projects (id, workspace_id, name, created_by, created_at)
     SELECT gen_random_uuid(), $1, 'Empty ' || n, $2, now() - n * interval '1 minute' FROM generate_series(1, 5000) AS n`,
    [home.id, home.userId],
  );
  // Some tasks and projects have changed since their creation.
  await database.owner("UPDATE tasks SET title = title || '!' WHERE get_byte(uuid_send(id), 15) < 32");
  await database.owner("UPDATE projects SET name = name || '!' WHERE get_byte(uuid_send(id), 15) < 32");
  await vacuumAllVisible(database, ["tasks", "projects"]);
  const [row] = await database.owner<{ projectId: string }>(
    `SELECT id AS "projectId" FROM projects WHERE workspace_id = $1 AND name LIKE 'Large%' LIMIT 1`,
    [home.id],
  );
  projectId = String(row?.projectId);
  client = await database.pool.connect();
}, 180_000);
afterAll(async () => {
  client.release();
  await database.drop();
});

/** A position with many rows before and after it, in every order and with every filter. */
const middle: ListPosition = {
  id: "80000000-0000-4000-8000-000000000000",
  changedAt: new Date(Date.now() - 3_600_000 * 50),
};

/** One filter each, for which every order has an index. */
const indexed = (): Partial<TaskListing>[] => [
  {},
  { projectId },
  { status: "doing" },
  { createdBy: home.userId },
];

const others = (): Partial<TaskListing>[] => [
  { projectId, status: "doing" },
  { projectId, createdBy: home.userId, status: "doing" },
  { createdAfter: new Date(Date.now() - 3_600_000 * 50) },
  { createdBefore: new Date(Date.now() - 3_600_000 * 50), status: "done" },
];

describe.each(planModes)("a list with %s", (mode) => {
  describe.each(ORDERS)("in the order %s", (order) => {
    it.each([false, true])(
      "reads only the rows of the page with one filter (later page: %s)",
      async (isLater) => {
        for (const filter of indexed()) {
          const query = taskListQuery({ limit: 21, order, ...filter, after: isLater ? middle : undefined });
          const work = workOf(await planOf(client, home.id, { query, mode }));
          expect(work, JSON.stringify(filter)).toMatchObject([
            {
              "Node Type": "Index Scan",
              "Scan Direction": order === "oldest" ? "Forward" : "Backward",
              "Actual Rows": 21,
            },
          ]);
          // A plan that filters may examine every row of the workspace.
          expect(work[0]?.["Rows Removed by Filter"] ?? 0, JSON.stringify([filter, work[0]])).toBe(0);
        }
      },
    );

    it("reads the names of the projects by their keys, for the rows of the page only", async () => {
      for (const after of [undefined, middle]) {
        const query = taskListQuery({ limit: 21, order, after, withProjectName: true });
        const work = workOf(await planOf(client, home.id, { query, mode }));
        const page = work.find((node) => node["Index Name"]?.startsWith("tasks_"));
        expect(page).toMatchObject({ "Node Type": "Index Scan", "Actual Rows": 21 });
        expect(page?.["Rows Removed by Filter"] ?? 0).toBe(0);
        // Each lookup finds one project.
        const names = work.filter((node) => node["Index Name"] === "projects_pkey");
        expect(names).toMatchObject([{ "Node Type": "Index Scan", "Actual Rows": 1 }]);
        expect(work.filter((node) => !["Index Scan", "Sort"].includes(node["Node Type"]))).toEqual([]);
      }
    });

    it("reads an index with other filters", async () => {
      for (const filter of others()) {
        for (const after of [undefined, middle]) {
          const query = taskListQuery({ limit: 21, order, ...filter, after });
          const work = workOf(await planOf(client, home.id, { query, mode }));
          // With two filters that few tasks match, PostgreSQL may sort these tasks.
          expect(work.at(-1)?.["Index Name"], JSON.stringify([filter, work])).toMatch(/^tasks_/);
        }
      }
    });

    it("reads a page of projects by an index", async () => {
      for (const after of [undefined, middle]) {
        const query = projectListQuery({ limit: 21, order, after });
        const work = workOf(await planOf(client, home.id, { query, mode }));
        expect(work).toMatchObject([{ "Node Type": "Index Scan" }]);
        expect(work[0]?.["Rows Removed by Filter"] ?? 0).toBe(0);
      }
    });
  });
});
