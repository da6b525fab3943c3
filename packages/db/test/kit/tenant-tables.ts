import pg from "pg";
import type { TestDatabase } from "./test-database.ts";

export interface TenantTable {
  readonly table: string;
  /** The column with the id of the workspace. */
  readonly key: string;
}

/** @returns every tenant table, as the catalogue lists them */
export const tenantTables = ({ owner }: TestDatabase): Promise<TenantTable[]> =>
  owner<{ table: string; key: string }>(TENANT_TABLES);

// No role has a right to audit_heads and audit_denials: only the database's own functions use them (test/audit).
const TENANT_TABLES = `
  SELECT c.relname::text AS "table", CASE c.relname WHEN 'workspaces' THEN 'id' ELSE 'workspace_id' END AS key
    FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT IN ('audit_heads', 'audit_denials')
     AND (c.relname = 'workspaces' OR EXISTS (
       SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped))
   ORDER BY 1`;

/** Tables whose rows never change. */
export const appendOnly = new Set(["audit_logs", "imported_records"]);

/** Tables into which only a function of the database inserts. */
export const filledByFunction = new Set(["audit_logs"]);

/** @returns all rows of the tables, of every workspace */
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
