import { taskStatuses, type TaskStatus } from "@projostack/contract";

interface TaskRow {
  readonly id: string;
  readonly projectId: string;
  readonly title: string;
  readonly status: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export const toTask = ({ id, projectId, title, status, createdBy, createdAt }: TaskRow) => ({
  id,
  projectId,
  title,
  status: statusOf(status),
  createdBy,
  createdAt: createdAt.toISOString(),
});

/** Parses the stored status. A CHECK constraint allows only known values. */
function statusOf(stored: string): TaskStatus {
  const status = taskStatuses.find((known) => known === stored);
  if (!status) throw new Error(`The database holds an unknown status: ${stored}.`);
  return status;
}
