// Which tables the Citus layout distributes over the workers: every table with a workspace_id, except those below. A new table of
// a workspace is distributed without a change here, and has to keep the rules of schema-problems.ts.
import type pg from "pg";

/**
 * The tables of workspaces that stay on the coordinator, where people and sessions are. Every request reads the membership or the
 * service key together with them, invites and keys are found by a token without their workspace, and the statements on members and
 * invites also change the mail outbox.
 */
export const coordinatorTables = ["workspaces", "workspace_members", "invites", "service_keys"] as const;

/**
 * The tables that only functions of the owner write. They have shards of their own: a transaction of Citus cannot change the shards
 * of one group under two roles, and the same transaction changes tasks as projo_tenant.
 */
const OWNER_TABLES = ["audit_logs", "audit_heads", "audit_denials"];

export interface DistributedTable {
  readonly name: string;
  /** The shards of the tables in a group are on the same worker for the same workspace. */
  readonly group: "owner" | "tenant";
}

/** SQL for the names of the distributed tables. */
export const DISTRIBUTED_TABLES_SQL = `
  SELECT c.relname::text AS name, c.oid AS id FROM pg_class AS c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     AND c.relname <> ALL (array['${coordinatorTables.join("','")}'])
     AND EXISTS (SELECT FROM pg_attribute AS a
                  WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped)`;

/** @returns the tables in an order in which each table follows the tables that it references */
export async function distributedTables(
  connection: Pick<pg.ClientBase, "query">,
): Promise<DistributedTable[]> {
  const { rows } = await connection.query<{ name: string }>(`
    WITH RECURSIVE tables AS (${DISTRIBUTED_TABLES_SQL}), placed AS (
      SELECT name, id, 0 AS depth FROM tables
      UNION
      SELECT t.name, t.id, p.depth + 1 FROM placed AS p
        JOIN pg_constraint AS k ON k.contype = 'f' AND k.confrelid = p.id AND k.conrelid <> p.id
        JOIN tables AS t ON t.id = k.conrelid
    )
    SELECT name FROM placed GROUP BY name ORDER BY max(depth), name`);
  return rows.map(({ name }) => ({ name, group: OWNER_TABLES.includes(name) ? "owner" : "tenant" }));
}
