// Plain SQL on a connection of the server's login, without the application's filters, to test what the database allows.
import type pg from "pg";
import type { TestDatabase } from "./test-database.ts";

/** Enters a workspace, does the work, and rolls back. */
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

/** Runs a statement in a savepoint, so that the transaction can continue after a failure. @returns its outcome */
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

/** The error of a policy for a row of another workspace. */
export const refused = (table: string): string =>
  `new row violates row-level security policy for table "${table}"`;
