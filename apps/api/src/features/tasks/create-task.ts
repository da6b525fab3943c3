import type { Ws } from "../../rpc/ws.ts";
import { missingProject } from "./missing-project.ts";
import { toTask, type TaskStatus } from "./task.ts";

export interface NewTask {
  readonly projectId: string;
  readonly title: string;
  readonly status: TaskStatus;
}

/** Makes a task. @throws Failure project.not_found */
export async function createTask(ws: Ws<"task:write">, { projectId, title, status }: NewTask) {
  const data = { id: ws.newId(), workspaceId: ws.id, projectId, title, status, createdBy: ws.grant.userId };
  return toTask(await ws.db.task.create({ data }).catch(missingProject));
}
