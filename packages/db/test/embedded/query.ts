import { Client } from "pg";

import type { ConnectionTarget } from "../../src/embedded/index.ts";

/** Runs one statement as the owner and gives its rows as arrays of text and numbers. */
export async function query(target: ConnectionTarget, sql: string): Promise<unknown[][]> {
  const client = new Client({ ...target, database: "postgres" });
  // A server that stops says so to its clients; the test looks at the statement's outcome.
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: "array" })).rows;
  } finally {
    await client.end();
  }
}
