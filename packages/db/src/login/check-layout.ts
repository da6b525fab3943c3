import type pg from "pg";
import { UnsuitableServer } from "./check-server.ts";
import type { DatabaseLayout } from "./database-layout.ts";

/**
 * Checks that the rows of workspaces are where the server expects them.
 * @throws UnsuitableServer with a message that says what to do
 */
export async function checkLayout(pool: Pick<pg.Pool, "query">, expected: DatabaseLayout): Promise<void> {
  const isDistributed = await hasDistributedTasks(pool);
  if (isDistributed && expected === "single")
    throw new UnsuitableServer(
      "the rows of workspaces are distributed over the workers of Citus. Set PROJO_DATABASE_LAYOUT=citus.",
    );
  if (expected === "single") return;
  if (!isDistributed)
    throw new UnsuitableServer(
      "PROJO_DATABASE_LAYOUT is citus, but the tables are not distributed. Run `projostack migrate` with PROJO_DATABASE_LAYOUT=citus (docs/operating/citus.md).",
    );
  const { rows } = await pool.query(
    "SELECT WHERE current_setting('citus.propagate_set_commands', true) = 'local'",
  );
  if (rows.length === 0)
    throw new UnsuitableServer(
      "the setting citus.propagate_set_commands is not local, so that the workers do not learn the workspace of a transaction. Run `projostack migrate` with PROJO_DATABASE_LAYOUT=citus, which sets it for the database.",
    );
}

async function hasDistributedTasks(pool: Pick<pg.Pool, "query">): Promise<boolean> {
  const { rows: catalogue } = await pool.query(
    "SELECT WHERE to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL",
  );
  if (catalogue.length === 0) return false;
  const { rows } = await pool.query(
    "SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid = to_regclass('public.tasks') AND partmethod = 'h'",
  );
  return rows.length > 0;
}
