// A search is an index-only scan with every combination of filters, whether or not PostgreSQL can estimate the matches.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { taskListQuery, type TaskListing } from "../src/tenant/tasks.ts";
import { createTestDatabase, type TestDatabase } from "./kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "./kit/plant-workspace.ts";
import { vacuumAllVisible } from "./kit/vacuum-all-visible.ts";

const WORKSPACES = 300;
const TASKS = 5_000;

let database: TestDatabase;
let home: PlantedWorkspace;
let client: pg.PoolClient;
let middle: string;
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
  const [row] = await database.owner<{ id: string }>(
    "SELECT id FROM tasks WHERE workspace_id = $1 ORDER BY id OFFSET $2::int LIMIT 1",
    [home.id, TASKS / 2],
  );
  middle = String(row?.id);
  client = await database.pool.connect();
}, 60_000);
afterAll(async () => {
  client.release();
  await database.drop();
});

interface Plan {
  readonly "Node Type": string;
  readonly "Actual Rows": number;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly "Heap Fetches"?: number;
  readonly Plans?: readonly Plan[];
}

/** The plan of a search as the server's role, either a custom plan for the values or a generic plan. */
async function planOf(input: Partial<TaskListing>, prepared: string): Promise<Plan> {
  const { text, values } = taskListQuery({ search: "chapter", after: undefined, limit: 21, ...input });
  const given = values.map((value) =>
    pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value)),
  );
  await client.query(`BEGIN; SET LOCAL app.workspace_id = '${home.id}'; SET LOCAL ROLE projo_tenant`);
  try {
    await client.query(`SET LOCAL plan_cache_mode = ${prepared}; PREPARE search AS ${text}`);
    const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE search (${given.join(", ")})`,
    );
    const plan = rows[0]?.["QUERY PLAN"][0].Plan;
    if (!plan) throw new Error("There is no plan.");
    return plan;
  } finally {
    await client.query("ROLLBACK; DEALLOCATE search");
  }
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** The nodes of a plan that read or sort rows. */
const workOf = (plan: Plan): Plan[] =>
  nodesOf(plan).filter(({ "Node Type": type }) => !["Limit", "Result"].includes(type));

const filters = (): Partial<TaskListing>[] => [
  { projectId: home.projectId },
  { status: "todo" },
  { createdBy: home.userId },
  { createdAfter: new Date(Date.now() - 3_600_000 * 10) },
  { createdBefore: new Date(Date.now() - 3_600_000 * (TASKS - 10)) },
  { after: middle },
];

describe.each(["force_custom_plan", "force_generic_plan"])("a search with %s", (prepared) => {
  it("uses a backward index-only scan with every combination of filters", async () => {
    const choices = filters();
    for (let chosen = 0; chosen < 2 ** choices.length; chosen += 1) {
      const input: Partial<TaskListing>[] = choices.filter((_, n) => (chosen >> n) % 2 === 1);
      const given = input.reduce((sum, filter) => ({ ...sum, ...filter }), {});
      const plan = await planOf(given, prepared);
      expect(workOf(plan), Object.keys(given).join(", ")).toMatchObject([
        {
          "Node Type": "Index Only Scan",
          "Scan Direction": "Backward",
          "Index Name": "tasks_folded_idx",
          "Index Cond": expect.stringContaining(given.after === undefined ? "workspace_id =" : "id <"),
          "Heap Fetches": 0,
        },
      ]);
    }
  });

  it.each([
    ["a common word", "chapter", 21],
    ["a rare word", `chapter ${TASKS} `, 1],
    ["a word of no title", "appendix", 0],
    ["one letter", "e", 21],
  ])("finds %s by an index-only scan", async (_, search, found) => {
    const plan = await planOf({ search }, prepared);
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
