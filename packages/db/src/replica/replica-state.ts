import type { PoolSize } from "../pool/bounded-pool.ts";

/** Why the replica answers no reads. */
export const replicaProblems = [
  /** It has not been checked yet. */
  "not_checked",
  /** No connection can be opened, or connections break. */
  "unreachable",
  /** It does not answer in time. */
  "silent",
  /** It has not replayed the changes of the primary in time. */
  "behind",
  /** It is not in recovery: it was promoted, or it is the primary. */
  "not_standby",
  /** It follows another cluster, or the address names another database than the primary's. */
  "another_database",
  /** It follows another timeline than that of the primary, or has not recorded the primary's timeline yet. */
  "other_timeline",
  /** Its login could bypass row-level security, or lacks a right. */
  "unsafe_login",
] as const;

export type ReplicaProblem = (typeof replicaProblems)[number];

export interface ReplicaState {
  /** Null while the replica answers reads. */
  readonly problem: ReplicaProblem | null;
  readonly pool: PoolSize;
}

/** A change to report: the replica answers reads again, or no longer does. */
export interface ReplicaChange {
  readonly problem: ReplicaProblem | null;
  /** The error with which the replica failed, if it did. */
  readonly error?: unknown;
}
