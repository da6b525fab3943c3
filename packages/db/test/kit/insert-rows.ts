import pg from "pg";
import type { TestDatabase } from "./test-database.ts";

export interface Row {
  readonly table: string;
  /** By column. A column that is not named gets its default. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Inserts the rows as the owner of the database, in one statement: PostgreSQL checks foreign keys at its end, so the order
 * of the rows does not matter.
 */
export async function insertRows(
  { owner }: Pick<TestDatabase, "owner">,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const parameters: unknown[] = [];
  const inserts = rows.map(({ table, values }, at) => {
    const columns = Object.keys(values).map((column) => pg.escapeIdentifier(column));
    const places = Object.values(values).map((value) => `$${parameters.push(value)}`);
    const target = `${pg.escapeIdentifier(table)} (${columns.join(", ")})`;
    return `row_${at} AS (INSERT INTO ${target} VALUES (${places.join(", ")}))`;
  });
  await owner(`WITH ${inserts.join(", ")} SELECT`, parameters);
}
