import pg from "pg";
import { modelTables } from "./model-tables.ts";
import type { TestDatabase } from "./test-database.ts";

/**
 * Every row of the workspace in every tenant table, as the owner of the database sees it. The time of a key's last use is
 * left out, as the server writes it at a time of its choice.
 */
export async function workspaceState(
  { owner }: Pick<TestDatabase, "owner">,
  workspaceId: string,
): Promise<{ table: string; row: Record<string, unknown> }[]> {
  const selects = modelTables.map(
    ({ table, key }) =>
      `SELECT ${pg.escapeLiteral(table)} AS "table", to_jsonb(t) - 'last_used_at' AS row
         FROM ${pg.escapeIdentifier(table)} AS t WHERE ${key} = $1`,
  );
  return owner(`${selects.join(" UNION ALL ")} ORDER BY 1, 2`, [workspaceId]);
}
