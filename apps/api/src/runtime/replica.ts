// Opens the connections to the read replica. A replica that cannot be used does not prevent the start: the primary answers.
import {
  openReplicaPool,
  type PostgresAddress,
  type ReplicaChange,
  type ReplicaOptions,
  type ReplicaProblem,
} from "@projostack/db";
import type { Log } from "./log.ts";

export interface ReplicaSettings {
  readonly address: PostgresAddress;
  readonly poolSize: number;
  /** Whether the address is that of a pooler in transaction mode. */
  readonly isPooled: boolean;
  readonly maxLagMs: number;
}

export function openReplica(settings: ReplicaSettings, log: Log): ReplicaOptions {
  const { address, poolSize, isPooled: pooled, maxLagMs } = settings;
  return {
    pool: openReplicaPool({
      target: address.target,
      max: poolSize,
      pooled,
      onError: (error) => log.debug({ err: error }, "a connection to the replica broke"),
    }),
    pooled,
    maxLagMs,
    onChange: (change) => logChange(log, change, address.host),
  };
}

function logChange(log: Log, { problem, error }: ReplicaChange, host: string): void {
  if (problem === null) log.info({ host }, "the replica answers lists and searches");
  else {
    const cause = error === undefined ? {} : { err: error };
    log.warn(
      { problem, host, ...cause },
      `the primary answers the reads of the replica: ${replicaCauses[problem]}`,
    );
  }
}

/** What the operator should know and do. docs/operating/incidents/replica-not-used.md has the details. */
export const replicaCauses: Readonly<Record<ReplicaProblem, string>> = {
  not_checked: "it has not been checked yet",
  unreachable: "no connection to it works. Check its host, port and login",
  silent: "it does not answer in time. Check its load and the network",
  behind:
    "it is further behind than PROJO_DATABASE_REPLICA_MAX_LAG_MS. Check the replication and long queries there",
  not_standby: "it is not in recovery. It was promoted, or the address leads to the primary",
  another_database: "it follows another cluster, or its address names another database than DATABASE_URL",
  other_timeline: "it follows another timeline than that of the primary, or has not recorded the new one yet",
  unsafe_login: "its login is not that of a server. Use the login of DATABASE_URL",
};
