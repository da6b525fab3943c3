import { runInScope } from "../scope/run-statement.ts";
import type { ReadPosition } from "../scope/scope.ts";
import type { PoolSource } from "../scope/scoped-connection.ts";
import type { PrefetchedRows, PreparedQuery } from "../scope/statements.ts";

/**
 * Reads the position of the primary. A commit that was acknowledged before is at or before this position: PostgreSQL
 * acknowledges a commit when it is flushed. With synchronous_commit=off it acknowledges a commit when it is inserted. The statement
 * fails on a standby. It reads no table of a workspace, so it may be sent together with the lookup of the caller.
 */
export const readPositionQuery: PreparedQuery<ReadPosition> = {
  name: "projo_read_position",
  text: `
  SELECT (pg_control_system()).system_identifier::text AS system,
         (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS database,
         ('x' || left(pg_walfile_name(lsn), 8))::bit(32)::int AS timeline, lsn::text AS lsn
    FROM (SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
                                                            ELSE pg_current_wal_flush_lsn() END AS lsn OFFSET 0) AS wal`,
  values: [],
  isQuick: true,
};

/** The position among prefetched rows; undefined if another query was prefetched. */
export function positionIn(prefetched: PrefetchedRows | undefined): ReadPosition | undefined {
  return prefetched?.query.name === readPositionQuery.name
    ? (prefetched.rows[0] as ReadPosition | undefined)
    : undefined;
}

/** Reads the position on a connection to the primary. @throws DatabaseBusy | DatabaseDown */
export async function readPosition(source: PoolSource): Promise<ReadPosition> {
  const shared = source.shared?.credentials;
  const [answer] = await runInScope(source, { kind: "system" }, [readPositionQuery], { shared });
  const [position] = (answer?.rows ?? []) as ReadPosition[];
  if (!position) throw new Error("The database did not return its position.");
  return position;
}
