// SQL on a server's connection, past everything that the application does: what the database itself allows.
import type pg from "pg";
import type { TestDatabase } from "./test-database.ts";

/** Enters, works, and undoes it all. */
export async function raw<T>(
  { pool }: Pick<TestDatabase, "pool">,
  enter: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(`BEGIN; ${enter}`);
    return await work(client);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

export const asTenantOf = (workspaceId: string): string =>
  `SET LOCAL app.workspace_id = '${workspaceId}'; SET LOCAL ROLE projo_tenant`;

/** The statement's outcome, and the transaction goes on. */
export async function attempt(client: pg.PoolClient, text: string, values: unknown[] = []): Promise<string> {
  await client.query("SAVEPOINT attempt");
  try {
    return `${(await client.query(text, values)).rowCount} rows`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.query("ROLLBACK TO attempt");
  }
}

/** What a policy answers to a row that would be another workspace's. */
export const refused = (table: string): string =>
  `new row violates row-level security policy for table "${table}"`;
