// The invariants I2, I3 and I12 without the query filter. The tables are read from the catalogue, so a new table is tested
// from its first migration on.
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
let theirs: PlantedWorkspace;
let tables: TenantTable[];
beforeAll(async () => {
  database = await createTestDatabase();
  ours = await plantWorkspace(database);
  theirs = await plantWorkspace(database);
  tables = await tenantTables(database);
});
afterAll(() => database.drop());

describe("row-level security without the query filter", () => {
  it("I2 every tenant table has rows of both workspaces, so that the tests below are meaningful", async () => {
    expect(tables.length).toBeGreaterThanOrEqual(6);
    const rows = await everyRow(database, tables);
    for (const { table, key } of tables) {
      for (const { id } of [ours, theirs]) {
        expect(rows[table], `plant a row of ${table} in kit/plant-workspace.ts`).toContainEqual(
          expect.objectContaining({ [key]: id }),
        );
      }
    }
  });

  it("I2 a workspace reads its own rows and none of another", async () => {
    const seen = await raw(database, asTenantOf(ours.id), async (client) => {
      const found: Record<string, unknown> = {};
      for (const { table, key } of tables) {
        const { rows } = await client.query<{ workspace: string }>(
          `SELECT DISTINCT ${key} AS workspace FROM ${table}`,
        );
        found[table] = rows.map(({ workspace }) => workspace);
      }
      return found;
    });
    expect(seen).toEqual(Object.fromEntries(tables.map(({ table }) => [table, [ours.id]])));
  });

  it("I2 a workspace changes and deletes its own rows and none of another", async () => {
    for (const { table, key } of tables) {
      await raw(database, asTenantOf(ours.id), async (client) => {
        const update = `UPDATE ${table} SET ${key} = ${key}`;
        const remove = `DELETE FROM ${table}`;
        const theirRows = ` WHERE ${key} = '${theirs.id}'`;
        const expected = appendOnly.has(table)
          ? Array.from({ length: 4 }, () => `permission denied for table ${table}`)
          : ["1 rows", "0 rows", "1 rows", "0 rows"];
        expect(
          [
            await attempt(client, update),
            await attempt(client, update + theirRows),
            await attempt(client, remove),
            await attempt(client, remove + theirRows),
          ],
          table,
        ).toEqual(expected);
      });
    }
  });

  it("I2 a workspace cannot insert a row into another workspace", async () => {
    const rows = await everyRow(database, tables);
    for (const { table, key } of tables) {
      const theirRow = rows[table]?.find((row) => (row as Record<string, unknown>)[key] === theirs.id);
      // An existing row of the other workspace. If the policy allowed it, the insert would fail as a duplicate, as it does
      // in its own workspace.
      const insert = `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`;
      const values = [JSON.stringify(theirRow)];
      const denied = filledByFunction.has(table) ? `permission denied for table ${table}` : null;
      expect(await raw(database, asTenantOf(ours.id), (client) => attempt(client, insert, values))).toBe(
        denied ?? refused(table),
      );
      expect(await raw(database, asTenantOf(theirs.id), (client) => attempt(client, insert, values))).toBe(
        denied ?? `duplicate key value violates unique constraint "${table}_pkey"`,
      );
    }
  });

  it("I12 a workspace cannot move a row into another workspace", async () => {
    for (const { table, key } of tables.filter((one) => !appendOnly.has(one.table))) {
      const move = `UPDATE ${table} SET ${key} = '${theirs.id}' WHERE ${key} = '${ours.id}'`;
      expect(await raw(database, asTenantOf(ours.id), (client) => attempt(client, move))).toBe(
        refused(table),
      );
    }
  });
});
