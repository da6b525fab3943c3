import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { refuseChange, type VersionedTask } from "./refuse-change.ts";

/** Deletes a task and records an audit entry. @throws Failure task.not_found, task.version_conflict */
export async function removeTask(
  ws: Ws<"task:write">,
  { taskCapacity }: Services,
  { id, expectedVersion }: VersionedTask,
) {
  const task = await ws.db.sql.tasks.remove(id, expectedVersion);
  if (!task) return refuseChange(ws, { id, expectedVersion });
  taskCapacity.noteDeletion(ws.id);
  ws.audit("task.deleted", { type: "task", id, before: { title: task.title } });
  return { id };
}
