// The indexes of the search: built before the migration, used for projects, and beside the index of the previous release.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { migrate, withOwner } from "../src/index.ts";
import { readMigrations } from "../src/migrations/read-migrations.ts";
import { projectListQuery } from "../src/tenant/projects.ts";
import { createTestDatabase, type TestDatabase } from "./kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "./kit/plant-workspace.ts";
import { vacuumAllVisible } from "./kit/vacuum-all-visible.ts";

const MIGRATION = "20261129040000_folded_text";
const DEFINITION = "SELECT pg_get_indexdef('tasks_folded_idx'::regclass) AS definition";
const { owner } = inject("cluster");

const elsewhere = (text: string) =>
  withOwner({ ...owner, database: "postgres" }, (client) => client.query(text));

/** The statement that docs/decisions/search.md gives the owner of a large table. */
function documentedIndex(): string {
  const page = readFileSync(new URL("../../../docs/decisions/search.md", import.meta.url), "utf8");
  return /^```sql\n(CREATE INDEX CONCURRENTLY [^]*?)^```$/m.exec(page)?.[1] ?? "";
}

it("the migration uses the index that was built before it as the documentation says", async () => {
  const name = `projo_test_folded_${randomUUID().slice(0, 8)}`;
  await elsewhere(`CREATE DATABASE ${name}`);
  try {
    await withOwner({ ...owner, database: name }, async (client) => {
      const all = await readMigrations();
      const at = all.findIndex((one) => one.name === MIGRATION);
      await migrate(client, all.slice(0, at));
      const functions = all[at]?.sql.match(/^CREATE OR REPLACE FUNCTION [^]*?^\$\$;$/gm) ?? [];
      expect(functions).toHaveLength(2);
      for (const statement of functions) await client.query(statement);
      await client.query(documentedIndex());
      const built = await client.query("SELECT 'tasks_folded_idx'::regclass::oid AS id");
      await migrate(client, all);
      const { rows } = await client.query("SELECT 'tasks_folded_idx'::regclass::oid AS id");
      expect(rows).toEqual(built.rows);
      const { rows: prepared } = await client.query<{ definition: string }>(DEFINITION);
      const database = await createTestDatabase();
      expect(prepared).toEqual(await database.owner(DEFINITION));
      await database.drop();
    });
  } finally {
    await elsewhere(`DROP DATABASE ${name} WITH (FORCE)`);
  }
});

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
  }, 60_000);
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
    const { text, values } = projectListQuery({ limit: 21, search, after });
    const plan = await planOf(text, values);
    expect(plan).toContain("Index Only Scan Backward using projects_folded_idx");
    expect(plan).toContain("Heap Fetches: 0");
    expect(plan).not.toMatch(/Seq Scan|Sort/);
  });

  it("F14 a search of the previous release still reads its own index and no table", async () => {
    // The statement of the previous release.
    const plan = await planOf(
      `SELECT id, project_id AS "projectId", title, status, created_by AS "createdBy", created_at AS "createdAt" FROM tasks
        WHERE workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
          AND (title <> '' OR projo_reads_table(title)) AND strpos(lower(title) COLLATE "C", (SELECT lower($2::text))) > 0
        ORDER BY id DESC LIMIT $1`,
      [21, "CHAPTER 2999"],
    );
    expect(plan).toContain("Index Only Scan Backward using tasks_search_idx");
    expect(plan).toContain("Heap Fetches: 0");
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
