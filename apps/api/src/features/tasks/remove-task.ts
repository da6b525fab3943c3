import { isMissingRow } from "@projostack/db";
import { Failure } from "../../rpc/failure.ts";
import type { Ws } from "../../rpc/ws.ts";

/** Deletes a task and records who did. @throws Failure task.not_found */
export async function removeTask(ws: Ws<"task:write">, { id }: { id: string }) {
  const key = { workspaceId_id: { workspaceId: ws.id, id } };
  const task = await ws.db.task.delete({ where: key }).catch((error: unknown) => {
    throw isMissingRow(error) ? new Failure("task.not_found") : error;
  });
  ws.audit("task.deleted", { type: "task", id, before: { title: task.title } });
  return { id };
}
