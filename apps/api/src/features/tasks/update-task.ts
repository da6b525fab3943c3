import type { TaskStatus } from "@projostack/contract";
import { Failure } from "../../rpc/failures/failure.ts";
import type { Ws } from "../../rpc/ws.ts";
import { rethrowMissingProject } from "./rethrow-missing-project.ts";
import { toTask } from "./task.ts";

export interface UpdateTask {
  readonly id: string;
  readonly title?: string | undefined;
  readonly status?: TaskStatus | undefined;
  readonly projectId?: string | undefined;
}

/** Updates the given fields of a task. @throws Failure task.not_found, project.not_found */
export async function updateTask(ws: Ws<"task:write">, { id, title, status, projectId }: UpdateTask) {
  const data = {
    ...(title === undefined ? {} : { title }),
    ...(status === undefined ? {} : { status }),
    ...(projectId === undefined ? {} : { projectId }),
  };
  const [task] = await ws.db.task.updateManyAndReturn({ where: { id }, data }).catch(rethrowMissingProject);
  if (!task) throw new Failure("task.not_found");
  return toTask(task);
}
