// One connection of the server's login, to compare the statements that PostgreSQL has prepared with those that pg recorded.
//
// This file casts types, because pg's types omit its records of prepared statements.
import type pg from "pg";
import { expect, inject } from "vitest";
import { oneTrip, type StatementResult, type PreparedStatement } from "../../src/connection/one-trip.ts";
import { openPool } from "../../src/index.ts";
import type { TestDatabase } from "../kit/index.ts";

export interface OneConnection {
  readonly pool: pg.Pool;
  readonly client: pg.PoolClient;
  /** Sends statements in one message. */
  send(steps: readonly PreparedStatement[], keepsPrepared?: boolean): Promise<StatementResult[]>;
  /** Expects that PostgreSQL has prepared the statements that pg and our code recorded, and that no query is running. */
  expectTruth(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a connection with a temporary table `notes`. */
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
