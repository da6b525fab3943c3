import pg from "pg";
import type { TestDatabase } from "./test-database.ts";

export interface TenantTable {
  readonly table: string;
  /** The column that says whose a row is. */
  readonly key: string;
}

/** Every table whose rows are a workspace's, found in the catalogue. */
export const tenantTables = ({ owner }: TestDatabase): Promise<TenantTable[]> =>
  owner<{ table: string; key: string }>(TENANT_TABLES);

// The ends of the log's chains and the counts of denials are reached by the database's own functions alone: no role has a
// right to them (test/audit).
const TENANT_TABLES = `
  SELECT c.relname::text AS "table", CASE c.relname WHEN 'workspaces' THEN 'id' ELSE 'workspace_id' END AS key
    FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT IN ('audit_heads', 'audit_denials')
     AND (c.relname = 'workspaces' OR EXISTS (
       SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped))
   ORDER BY 1`;

/** Tables whose rows no workspace changes. */
export const appendOnly = new Set(["audit_logs"]);

/** All rows of the tables, whosever they are. */
export async function everyRow(
  { owner }: TestDatabase,
  tables: readonly TenantTable[],
): Promise<Record<string, unknown[]>> {
  const rows = await Promise.all(
    tables.map(({ table }) =>
      owner<{ row: unknown }>(
        `SELECT to_jsonb(t) AS row FROM ${pg.escapeIdentifier(table)} AS t ORDER BY to_jsonb(t)::text`,
      ),
    ),
  );
  return Object.fromEntries(
    tables.map(({ table }, place) => [table, rows[place]?.map(({ row }) => row) ?? []]),
  );
}
