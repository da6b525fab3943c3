// One connection of the server's login, for what is to be seen on one: what is prepared on it, and what is believed to be.
//
// The cast looks at what pg keeps of a connection, which its types leave out.
import type pg from "pg";
import { expect, inject } from "vitest";
import { oneTrip, type StatementResult, type PreparedStatement } from "../../src/connection/one-trip.ts";
import { openPool } from "../../src/index.ts";
import type { TestDatabase } from "../kit/index.ts";

export interface OneConnection {
  readonly pool: pg.Pool;
  readonly client: pg.PoolClient;
  /** Statements in one message. */
  send(steps: readonly PreparedStatement[], keepsPrepared?: boolean): Promise<StatementResult[]>;
  /** PostgreSQL has prepared what pg and we believe that it has, and nothing is under way. */
  expectTruth(): Promise<void>;
  close(): Promise<void>;
}

/** With a table of its own, `notes`. */
export async function openConnection({ name }: TestDatabase): Promise<OneConnection> {
  const { owner, server } = inject("cluster");
  const pool = openPool({
    target: { host: owner.host, port: owner.port, ...server, database: name },
    max: 1,
  });
  const client = await pool.connect();
  await client.query("CREATE TEMPORARY TABLE notes (id INTEGER PRIMARY KEY, text TEXT)");
  return {
    pool,
    client,
    send: (steps, keepsPrepared = true) => oneTrip(client, steps, { keepsPrepared }),
    expectTruth: async () => {
      const { parsedStatements, submittedNamedStatements } = (
        client as unknown as { connection: Record<"parsedStatements" | "submittedNamedStatements", object> }
      ).connection;
      const { rows } = await client.query<{ name: string; statement: string }>(
        "SELECT name, statement FROM pg_prepared_statements WHERE NOT from_sql",
      );
      expect(Object.fromEntries(rows.map(({ name: known, statement }) => [known, statement]))).toEqual({
        ...parsedStatements,
      });
      expect({ ...submittedNamedStatements }).toEqual({});
    },
    close: async () => {
      client.release();
      await pool.end();
    },
  };
}

export const settled = (work: Promise<unknown>): Promise<unknown> => work.then(() => "done", String);

export const note = (id: number): PreparedStatement => ({
  name: "note",
  text: "INSERT INTO notes (id) VALUES ($1::integer) RETURNING id",
  values: [id],
});
export const count: PreparedStatement = { name: "count", text: "SELECT count(*) FROM notes", values: [] };
export const later: PreparedStatement = {
  name: "later",
  text: "SELECT 'later' AS text, $1::integer AS number",
  values: [7],
};
