import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";

/** Deletes a task and records an audit entry. @throws Failure task.not_found */
export async function removeTask(ws: Ws<"task:write">, { taskCapacity }: Services, { id }: { id: string }) {
  const task = await ws.db.sql.tasks.remove(id);
  if (!task) throw new Failure("task.not_found");
  taskCapacity.noteDeletion(ws.id);
  ws.audit("task.deleted", { type: "task", id, before: { title: task.title } });
  return { id };
}
