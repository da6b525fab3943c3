import type { TaskStatus } from "@projostack/contract";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { rethrowMissingProject } from "./rethrow-missing-project.ts";
import { toTask } from "./task.ts";
import { withTaskCapacity } from "./with-task-capacity.ts";

export interface NewTask {
  readonly projectId: string;
  readonly title: string;
  readonly status: TaskStatus;
}

/** Creates a task. @throws Failure project.not_found, task.too_many */
export async function createTask(
  ws: Ws<"task:write">,
  services: Services,
  { projectId, title, status }: NewTask,
) {
  const task = { id: ws.newId(), projectId, title, status, createdBy: ws.grant.userId };
  const create = () => ws.db.sql.tasks.insert(task).catch(rethrowMissingProject);
  return toTask(await withTaskCapacity(ws, services, { most: 1, createdIn: () => 1, create }));
}
