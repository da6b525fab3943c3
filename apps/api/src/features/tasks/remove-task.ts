import { Failure } from "../../rpc/failure.ts";
import type { Ws } from "../../rpc/ws.ts";

/** Deletes a task and records who did. @throws Failure task.not_found */
export async function removeTask(ws: Ws<"task:write">, { id }: { id: string }) {
  const task = await ws.db.tasks.remove(id);
  if (!task) throw new Failure("task.not_found");
  ws.audit("task.deleted", { type: "task", id, before: { title: task.title } });
  return { id };
}
