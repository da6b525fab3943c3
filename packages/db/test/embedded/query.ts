import { Client } from "pg";

import type { ConnectionTarget } from "../../src/embedded/index.ts";

/** Runs one statement as the owner and returns its rows as arrays of text and numbers. */
export async function query(target: ConnectionTarget, sql: string): Promise<unknown[][]> {
  const client = new Client({ ...target, database: "postgres" });
  // A server that stops sends an error to its clients. The test only needs the outcome of the statement.
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: "array" })).rows;
  } finally {
    await client.end();
  }
}
