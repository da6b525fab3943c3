import { Failure } from "../../rpc/failures/failure.ts";
import type { Ws } from "../../rpc/ws.ts";
import { toTask } from "./task.ts";

export interface VersionedTask {
  readonly id: string;
  readonly expectedVersion?: number | undefined;
}

/** Fails for a task that a statement did not find with its version. @throws Failure task.not_found, task.version_conflict */
export async function refuseChange(
  ws: Ws<"task:write">,
  { id, expectedVersion }: VersionedTask,
): Promise<never> {
  const task = expectedVersion === undefined ? null : await ws.db.sql.tasks.find(id);
  if (!task) throw new Failure("task.not_found");
  throw Failure.ofChangedRow("task.version_conflict", ws.grant, toTask(task));
}
