import { FairQueue } from "../pool/fair-queue.ts";
import type { ServerPool } from "../pool/open-pool.ts";
import { statementRunner } from "../scope/run-statement.ts";
import { serverStore, type LivingServer } from "./server-store.ts";

/**
 * Lists the living servers of a database, for a program that is none of them.
 * @returns null when the database lacks the table, because a migration is missing
 */
export async function listServers(
  pool: ServerPool,
  { pooled }: { readonly pooled: boolean },
): Promise<LivingServer[] | null> {
  const { rows } = await pool.query<{ exists: boolean }>(
    "SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'servers' AND relnamespace = to_regnamespace('public')) AS exists",
  );
  if (rows[0]?.exists !== true) return null;
  const connect = () => pool.connect();
  const queue = new FairQueue({ connect, size: pool.options.max ?? 1 });
  return serverStore(statementRunner({ connect, queue, pooled })).list();
}
