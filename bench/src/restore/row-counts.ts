import { withOwner, readPostgresAddress } from "@projostack/db";
import type pg from "pg";

export type RowCounts = ReadonlyMap<string, number>;

/** Counts the rows of every table in the snapshot of the connection's transaction. */
export async function countRows(client: pg.ClientBase): Promise<RowCounts> {
  const { rows: tables } = await client.query<{ name: string }>(
    "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1",
  );
  const counts = new Map<string, number>();
  for (const { name } of tables) {
    const { rows } = await client.query<{ count: number }>(`SELECT count(*)::float8 AS count FROM "${name}"`);
    counts.set(name, rows[0]?.count ?? 0);
  }
  return counts;
}

/** Runs work with the counts of a snapshot, and with the id of the snapshot for pg_dump. @param url the login for backups */
export const withSnapshot = <T>(
  url: string,
  work: (snapshot: string, counts: RowCounts) => Promise<T>,
): Promise<T> =>
  withOwner(readPostgresAddress(url).target, async (client) => {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE projo_backup");
    const { rows } = await client.query<{ id: string }>("SELECT pg_export_snapshot() AS id");
    return work(rows[0]?.id ?? "", await countRows(client));
  });

/** @returns the tables whose counts differ, one line each */
export function differences(expected: RowCounts, found: RowCounts): string[] {
  const names = [...new Set([...expected.keys(), ...found.keys()])].toSorted();
  return names
    .filter((name) => expected.get(name) !== found.get(name))
    .map((name) => `${name}: ${found.get(name) ?? "missing"} instead of ${expected.get(name) ?? "no table"}`);
}
