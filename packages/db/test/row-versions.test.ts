// The version and the time of the last change of tasks and projects, which a trigger sets.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "./kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "./kit/plant-workspace.ts";

let database: TestDatabase;
let home: PlantedWorkspace;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await plantWorkspace(database);
});
afterAll(() => database.drop());

interface Versioned extends Record<string, unknown> {
  readonly version: number;
  readonly updatedAt: Date | null;
  readonly createdAt: Date;
}

/** A table, the column that a change sets, and the statement with which the previous build inserts a row. */
const tables = [
  {
    table: "tasks",
    column: "title",
    insert: (id: string) =>
      database.owner(
        "INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by) VALUES ($1, $2, $3, 'One', 'todo', $4)",
        [id, home.id, home.projectId, home.userId],
      ),
  },
  {
    table: "projects",
    column: "name",
    insert: (id: string) =>
      database.owner("INSERT INTO projects (id, workspace_id, name, created_by) VALUES ($1, $2, 'One', $3)", [
        id,
        home.id,
        home.userId,
      ]),
  },
] as const;

/** Runs a statement as the server does. */
const asTenant = async (sql: string, values: unknown[]) => {
  const client = await database.pool.connect();
  try {
    await client.query(`BEGIN; SET LOCAL app.workspace_id = '${home.id}'; SET LOCAL ROLE projo_tenant`);
    await client.query(sql, values);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
};

describe.each(tables)("a row of $table", ({ table, column, insert }) => {
  const plant = async (): Promise<string> => {
    const id = randomUUID();
    await insert(id);
    return id;
  };
  const read = async (id: string): Promise<Versioned> => {
    const [row] = await database.owner<Versioned>(
      `SELECT version, updated_at AS "updatedAt", created_at AS "createdAt" FROM ${table} WHERE id = $1`,
      [id],
    );
    if (!row) throw new Error("There is no such row.");
    return row;
  };
  it("F14 an update of the previous build moves both", async () => {
    const id = await plant();
    expect(await read(id)).toMatchObject({ version: 1, updatedAt: null });
    const before = Date.now();
    await asTenant(`UPDATE ${table} SET ${column} = 'Two' WHERE id = $1`, [id]);
    const first = await read(id);
    expect(first.version).toBe(2);
    expect(first.updatedAt?.getTime()).toBeGreaterThanOrEqual(before - 1);
    await asTenant(`UPDATE ${table} SET ${column} = 'Three' WHERE id = $1`, [id]);
    const second = await read(id);
    expect(second.version).toBe(3);
    expect(second.updatedAt?.getTime()).toBeGreaterThanOrEqual(Number(first.updatedAt?.getTime()));
  });

  it("keeps both in an update that changes nothing", async () => {
    const id = await plant();
    await asTenant(`UPDATE ${table} SET ${column} = 'One', created_by = created_by WHERE id = $1`, [id]);
    expect(await read(id)).toMatchObject({ version: 1, updatedAt: null });
  });

  it("a row takes neither its version nor its time from a statement", async () => {
    const id = await plant();
    await asTenant(`UPDATE ${table} SET version = 99, updated_at = '2000-01-01' WHERE id = $1`, [id]);
    const row = await read(id);
    expect(row.version).toBe(2);
    expect(row.updatedAt?.getTime()).toBeGreaterThanOrEqual(row.createdAt.getTime());
  });

  it("never goes back in time, also when the clock is set back", async () => {
    const id = await plant();
    const future = new Date(Date.now() + 3_600_000);
    await database.owner(`ALTER TABLE ${table} DISABLE TRIGGER row_changed`);
    await database.owner(`UPDATE ${table} SET updated_at = $2 WHERE id = $1`, [id, future]);
    await database.owner(`ALTER TABLE ${table} ENABLE TRIGGER row_changed`);
    await asTenant(`UPDATE ${table} SET ${column} = 'Two' WHERE id = $1`, [id]);
    expect((await read(id)).updatedAt).toEqual(future);
  });
});
