// The indexes of the lists: built before the migrations, used by searches for projects, and by the previous build.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { migrate, withOwner } from "../src/index.ts";
import { readMigrations } from "../src/migrations/read-migrations.ts";
import { projectListQuery } from "../src/tenant/projects.ts";
import { taskListQuery } from "../src/tenant/tasks.ts";
import { createTestDatabase, type TestDatabase } from "./kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "./kit/plant-workspace.ts";
import { vacuumAllVisible } from "./kit/vacuum-all-visible.ts";

const { owner } = inject("cluster");

const elsewhere = (text: string) =>
  withOwner({ ...owner, database: "postgres" }, (client) => client.query(text));

/** The statements that docs/decisions/versions.md gives the owner of a large table. */
function documentedStatements(): string[] {
  const page = readFileSync(new URL("../../../docs/decisions/versions.md", import.meta.url), "utf8");
  const [, block = ""] = /^```sql\n(ALTER TABLE [^]*?)^```$/m.exec(page) ?? [];
  return block.split(/;\s*/).filter((statement) => statement !== "");
}

const INDEXES = `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
                  WHERE indrelid IN ('tasks'::regclass, 'projects'::regclass) ORDER BY 1`;
const PLACES = `SELECT relname::text, pg_relation_filenode(oid) AS place FROM pg_class
                 WHERE relname ~ '^tasks_.*(changed|titles)_idx$' OR relname IN ('tasks', 'projects') ORDER BY 1`;

it("the migrations use what was built before them as the documentation says, and rewrite no table", async () => {
  const name = `projo_test_built_${randomUUID().slice(0, 8)}`;
  await elsewhere(`CREATE DATABASE ${name}`);
  try {
    await withOwner({ ...owner, database: name }, async (client) => {
      const all = await readMigrations();
      await migrate(
        client,
        all.filter((one) => one.name < "20261129072000"),
      );
      const statements = documentedStatements();
      expect(statements).toHaveLength(6);
      const { rows: tables } = await client.query(PLACES);
      for (const statement of statements) await client.query(statement);
      const { rows: built } = await client.query(PLACES);
      expect(built).toEqual(expect.arrayContaining(tables));
      expect(built).toHaveLength(tables.length + 5);
      await migrate(client, all);
      expect((await client.query(PLACES)).rows).toEqual(built);
      const database = await createTestDatabase();
      expect((await client.query(INDEXES)).rows).toEqual(await database.owner(INDEXES));
      await database.drop();
    });
  } finally {
    await elsewhere(`DROP DATABASE ${name} WITH (FORCE)`);
  }
});

/** The condition of a search of the previous build. */
const match = (column: string) =>
  `(${column} <> '' OR projo_reads_titles(${column})) AND strpos(projo_fold(${column}) COLLATE "C", (SELECT projo_fold($2::text))) > 0`;

describe("in a workspace with many tasks and projects", () => {
  let database: TestDatabase;
  let home: PlantedWorkspace;
  let client: pg.PoolClient;
  beforeAll(async () => {
    database = await createTestDatabase();
    home = await plantWorkspace(database);
    await database.owner(
      `BEGIN;
       INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
       SELECT gen_random_uuid(), '${home.id}', '${home.projectId}', 'Chapter ' || n, 'todo', '${home.userId}'
         FROM generate_series(1, 3000) AS n;
       INSERT INTO projects (id, workspace_id, name, created_by)
       SELECT gen_random_uuid(), '${home.id}', 'Book Größe ' || n, '${home.userId}' FROM generate_series(1, 3000) AS n;
       COMMIT`,
    );
    await vacuumAllVisible(database, ["tasks", "projects"]);
    client = await database.pool.connect();
  });
  afterAll(async () => {
    client.release();
    await database.drop();
  });

  async function planOf(text: string, values: readonly unknown[]): Promise<string> {
    await client.query(`BEGIN; SET LOCAL app.workspace_id = '${home.id}'; SET LOCAL ROLE projo_tenant`);
    try {
      const { rows } = await client.query<{ "QUERY PLAN": string }>(`EXPLAIN (ANALYZE) ${text}`, [...values]);
      return rows.map((row) => row["QUERY PLAN"]).join("\n");
    } finally {
      await client.query("ROLLBACK");
    }
  }

  it.each([
    ["a common part", "book", undefined],
    ["a rare part", "GRO\u0308SSE 2999", undefined],
    ["no name", "appendix", undefined],
    ["a later page", "book", "c0000000-0000-4000-8000-000000000000"],
  ])("a search for projects reads one index and no table: %s", async (_, search, after) => {
    const { text, values } = projectListQuery({
      limit: 21,
      search,
      after: after === undefined ? undefined : { id: after },
    });
    const plan = await planOf(text, values);
    expect(plan).toContain("Index Only Scan Backward using projects_names_idx");
    expect(plan).toContain("Heap Fetches: 0");
    expect(plan).not.toMatch(/Seq Scan|Sort/);
  });

  it.each(["newest", "oldest"] as const)(
    "a range of ids reads the rows of the range only: %s",
    async (order) => {
      const ids = {
        first: "40000000-0000-0000-0000-000000000000",
        last: "4fffffff-ffff-ffff-ffff-ffffffffffff",
      };
      const { text, values } = taskListQuery({ limit: 11, order, ids });
      const plan = await planOf(text, values);
      expect(plan).toMatch(/Index Scan (?:Backward )?using tasks_pkey/);
      expect(plan).toMatch(/Index Cond: .*id >= .*id <= /);
      expect(plan).not.toMatch(/Seq Scan|Sort|Filter/);
    },
  );

  it("F14 the searches of the previous build read one index and no table", async () => {
    // The statements of the previous build.
    const scope = "workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid";
    const tasks = await planOf(
      `SELECT id, project_id AS "projectId", title, status, created_by AS "createdBy", created_at AS "createdAt" FROM tasks
        WHERE ${scope} AND ${match("title")} ORDER BY id DESC LIMIT $1`,
      [21, "CHAPTER 2999"],
    );
    const projects = await planOf(
      `SELECT id, name, created_by AS "createdBy", created_at AS "createdAt" FROM projects
        WHERE ${scope} AND ${match("name")} ORDER BY id DESC LIMIT $1`,
      [21, "Größe 2999"],
    );
    expect(tasks).toContain("Index Only Scan Backward using tasks_titles_idx");
    expect(projects).toContain("Index Only Scan Backward using projects_names_idx");
    for (const plan of [tasks, projects]) expect(plan).toContain("Heap Fetches: 0");
  });
});

it("the longest titles fit into the index, also those whose folded form is three times as long", async () => {
  const database = await createTestDatabase();
  const home = await plantWorkspace(database);
  const notes = ["\u{1d160}", "\u{1d161}", "\u{1d162}", "\u{1d163}", "\u{1d164}", "\u{1d1bb}", "\u{1d1bd}"];
  const longest = [
    Array.from({ length: 200 }, (_, n) => notes[(n * n + 3 * n) % notes.length]).join(""),
    "\ufb2c\u0344".repeat(100),
    "\u1fb7".repeat(200),
    String.fromCodePoint(...Array.from({ length: 200 }, (_, n) => 0x2_00_00 + ((n * 7919) % 42_000))),
  ];
  for (const title of longest) {
    await database.owner(
      `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by) VALUES ($1, $2, $3, $4, 'todo', $5)`,
      [randomUUID(), home.id, home.projectId, title, home.userId],
    );
    const found = await database.db.read(home.grant("task:read"), ({ sql: { tasks } }) =>
      tasks.list({ limit: 10, search: title }),
    );
    expect(found).toHaveLength(1);
  }
  await database.drop();
});
