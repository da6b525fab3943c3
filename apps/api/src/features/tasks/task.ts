import { taskStatuses, type TaskStatus } from "@projostack/contract";
import { lastChangeOf } from "../../rpc/last-change-of.ts";

interface TaskRow {
  readonly id: string;
  readonly projectId: string;
  readonly title: string;
  readonly status: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Null until the first change. */
  readonly updatedAt: Date | null;
  readonly version: number;
}

export const toTask = ({
  id,
  projectId,
  title,
  status,
  createdBy,
  createdAt,
  updatedAt,
  version,
}: TaskRow) => ({
  id,
  projectId,
  title,
  status: statusOf(status),
  createdBy,
  createdAt: createdAt.toISOString(),
  updatedAt: lastChangeOf({ createdAt, updatedAt }).toISOString(),
  version,
});

/**
 * Converts a task that was stored as JSON with the idempotency key that created it. A row that the previous build stored has no
 * version.
 */
export function createdTask(row: object) {
  const { createdAt, ...task } = row as Omit<TaskRow, "createdAt"> & { readonly createdAt: string };
  return toTask({ ...task, createdAt: new Date(createdAt), updatedAt: null, version: 1 });
}

/** Parses the stored status. A CHECK constraint allows only known values. */
function statusOf(stored: string): TaskStatus {
  const status = taskStatuses.find((known) => known === stored);
  if (!status) throw new Error(`The database holds an unknown status: ${stored}.`);
  return status;
}
