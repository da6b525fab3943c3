import type { ReadPosition } from "./scope.ts";

/**
 * The state of a replica compared with a position of the primary, whose values are $1 to $4. A promoted standby still returns
 * the last position that it replayed, so the state does not depend on the position alone. On a standby the control file has the
 * timeline of the last files that were written, which can be older than the timeline that is replayed, and never newer.
 */
export const REPLICA_STATE_SQL = `
  CASE WHEN NOT pg_is_in_recovery() THEN 'not_standby'
       WHEN (pg_control_system()).system_identifier::text <> $1
         OR (SELECT oid::text FROM pg_database WHERE datname = current_database()) <> $2 THEN 'another_database'
       WHEN (pg_control_recovery()).min_recovery_end_timeline <> $3::int THEN 'other_timeline'
       WHEN pg_last_wal_replay_lsn() >= $4::pg_lsn THEN 'current'
       ELSE 'behind' END`;

/** The values of the parameters. */
export const stateValues = ({ system, database, timeline, lsn }: ReadPosition): readonly unknown[] => [
  system,
  database,
  timeline,
  lsn,
];
