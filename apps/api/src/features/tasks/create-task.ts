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
  const task = { id: ws.newId(), projectId, title, status, createdBy: ws.grant.userId };
  return toTask(await ws.db.tasks.insert(task).catch(missingProject));
}
