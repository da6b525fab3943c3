/* oxlint-disable vitest/expect-expect -- `nothing` contains the assertions */
/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// I3: a transaction without a workspace reads and writes nothing.
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../kit/index.ts";
import { plantWorkspace, type PlantedWorkspace } from "../kit/plant-workspace.ts";
import { asTenantOf, attempt, raw, refused } from "../kit/raw.ts";
import {
  appendOnly,
  everyRow,
  filledByFunction,
  tenantTables,
  type TenantTable,
} from "../kit/tenant-tables.ts";

let database: TestDatabase;
let ours: PlantedWorkspace;
let tables: TenantTable[];
beforeAll(async () => {
  database = await createTestDatabase();
  ours = await plantWorkspace(database);
  tables = await tenantTables(database);
});
afterAll(() => database.drop());

describe("a transaction without a workspace", () => {
  const nothing = async (client: pg.PoolClient) => {
    const rows = await everyRow(database, tables);
    for (const { table, key } of tables) {
      const someone = JSON.stringify(rows[table]?.[0]);
      const refusal = `permission denied for table ${table}`;
      const changed = appendOnly.has(table) ? refusal : "0 rows";
      const inserted = filledByFunction.has(table) ? refusal : refused(table);
      const insert = `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`;
      expect(
        [
          await attempt(client, `SELECT FROM ${table}`),
          await attempt(client, `UPDATE ${table} SET ${key} = ${key}`),
          await attempt(client, `DELETE FROM ${table}`),
          await attempt(client, insert, [someone]),
        ],
        table,
      ).toEqual(["0 rows", changed, changed, inserted]);
    }
  };

  it("I3 reads and writes no row", () => raw(database, "SET LOCAL ROLE projo_tenant", nothing));

  it("I3 reads and writes no row with an empty workspace id", () =>
    raw(database, "SET LOCAL app.workspace_id = ''; SET LOCAL ROLE projo_tenant", nothing));

  it("I3 reads and writes no row after an earlier transaction of a workspace on the connection", async () => {
    const client = await database.pool.connect();
    try {
      await client.query(`BEGIN; ${asTenantOf(ours.id)}`);
      expect((await client.query("SELECT FROM tasks")).rowCount).toBe(1);
      await client.query("COMMIT; BEGIN; SET LOCAL ROLE projo_tenant");
      await nothing(client);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  it("I3 reads no table as the server's login", async () => {
    const all = await database.owner<{ table: string }>(
      `SELECT relname::text AS "table" FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
    );
    expect(all.length).toBeGreaterThan(tables.length);
    await raw(database, "", async (client) => {
      for (const { table } of all) {
        expect(await attempt(client, `SELECT FROM ${table}`)).toBe(`permission denied for table ${table}`);
      }
    });
  });
});
