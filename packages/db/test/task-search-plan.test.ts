// A search is an index-only scan in every order and with every combination of filters, whether or not PostgreSQL can estimate the
// matches.
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ListPosition } from "../src/tenant/list-order.ts";
import { taskListQuery, type TaskListing } from "../src/tenant/tasks.ts";
import { createTestDatabase, type TestDatabase } from "./kit/index.ts";
import { planModes, planOf as planOfQuery, workOf, type Plan, type PlanMode } from "./kit/plan-of.ts";
import { plantWorkspace, type PlantedWorkspace } from "./kit/plant-workspace.ts";
import { vacuumAllVisible } from "./kit/vacuum-all-visible.ts";

const WORKSPACES = 300;
const TASKS = 5_000;

let database: TestDatabase;
let home: PlantedWorkspace;
let client: pg.PoolClient;
let middle: ListPosition;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
  // One large workspace among many small ones, each with a project and a user. PostgreSQL estimates the large workspace to be
  // as small as the others.
  await database.owner(
    `WITH place AS (SELECT gen_random_uuid() AS id, gen_random_uuid() AS person FROM generate_series(1, $1::int)),
     people AS (INSERT INTO users (id, email, password_hash) SELECT person, person || '@example.com', 'none' FROM place),
     made AS (INSERT INTO workspaces (id, name, created_by) SELECT id, 'Small', person FROM place)
     INSERT INTO projects (id, workspace_id, name, created_by) SELECT gen_random_uuid(), id, 'Small', person FROM place`,
    [WORKSPACES],
  );
  await database.owner(
    `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by, created_at)
     SELECT gen_random_uuid(), p.workspace_id, p.id, 'Write chapter ' || n || ' of the book', 'todo', p.created_by,
            now() - n * interval '1 hour'
       FROM projects AS p, generate_series(1, CASE p.workspace_id WHEN '${home.id}' THEN ${TASKS} ELSE 20 END) AS n`,
  );
  await vacuumAllVisible(database, ["tasks"]);
  const [row] = await database.owner<{ id: string; at: Date }>(
    "SELECT id, created_at AS at FROM tasks WHERE workspace_id = $1 ORDER BY id OFFSET $2::int LIMIT 1",
    [home.id, TASKS / 2],
  );
  middle = { id: String(row?.id), changedAt: row?.at };
  client = await database.pool.connect();
});
afterAll(async () => {
  client.release();
  await database.drop();
});

const planOf = (input: Partial<TaskListing>, mode: PlanMode): Promise<Plan> =>
  planOfQuery(client, home.id, { query: taskListQuery({ search: "chapter", limit: 21, ...input }), mode });

const filters = (): Partial<TaskListing>[] => [
  { projectId: home.projectId },
  { status: "todo" },
  { createdBy: home.userId },
  { createdAfter: new Date(Date.now() - 3_600_000 * 10) },
  { createdBefore: new Date(Date.now() - 3_600_000 * (TASKS - 10)) },
  { after: middle },
];

/** Every combination of filters. */
function combinations(): Partial<TaskListing>[] {
  const choices = filters();
  return Array.from({ length: 2 ** choices.length }, (_, chosen) =>
    choices
      .filter((__, n) => (chosen >> n) % 2 === 1)
      .reduce<Partial<TaskListing>>((sum, filter) => ({ ...sum, ...filter }), {}),
  );
}

describe.each(planModes)("a search with %s", (mode) => {
  const scan = { "Node Type": "Index Only Scan", "Index Name": "tasks_titles_idx", "Heap Fetches": 0 };

  it.each([
    ["newest", "Backward", "id <"],
    ["oldest", "Forward", "id >"],
  ] as const)(
    "reads one index in the order %s with every combination of filters",
    async (order, direction, beyond) => {
      for (const given of combinations()) {
        const plan = await planOf({ ...given, order }, mode);
        expect(workOf(plan), Object.keys(given).join(", ")).toMatchObject([
          {
            ...scan,
            "Scan Direction": direction,
            "Index Cond": expect.stringContaining(given.after === undefined ? "workspace_id =" : beyond),
          },
        ]);
      }
    },
  );

  it("sorts the matches of one index in the order last_changed with every combination of filters", async () => {
    for (const given of combinations()) {
      const work = workOf(await planOf({ ...given, order: "last_changed" }, mode));
      expect(work.at(-1), Object.keys(given).join(", ")).toMatchObject(scan);
      const tableReads = ["Index Scan", "Seq Scan", "Bitmap Heap Scan"];
      expect(work.filter((node) => tableReads.includes(node["Node Type"]))).toEqual([]);
    }
  });

  it.each([
    ["a common word", "chapter", 21],
    ["a rare word", `chapter ${TASKS} `, 1],
    ["a word of no title", "appendix", 0],
    ["one letter", "e", 21],
  ])("finds %s by an index-only scan", async (_, search, found) => {
    const plan = await planOf({ search }, mode);
    expect(plan["Actual Rows"]).toBe(found);
    expect(workOf(plan)).toMatchObject([{ "Node Type": "Index Only Scan", "Heap Fetches": 0 }]);
  });
});

it("autovacuum runs on the table after few changes, which index-only scans require", async () => {
  const [row] = await database.owner<{ options: string[] }>(
    "SELECT reloptions AS options FROM pg_class WHERE oid = 'tasks'::regclass",
  );
  expect(row?.options).toEqual(
    expect.arrayContaining([
      "autovacuum_vacuum_scale_factor=0.002",
      "autovacuum_vacuum_insert_scale_factor=0.002",
    ]),
  );
});
