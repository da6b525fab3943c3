import type { TaskStatus } from "@projostack/contract";
import type { Ws } from "../../rpc/ws.ts";
import { refuseChange } from "./refuse-change.ts";
import { rethrowMissingProject } from "./rethrow-missing-project.ts";
import { toTask } from "./task.ts";

export interface UpdateTask {
  readonly id: string;
  readonly title?: string | undefined;
  readonly status?: TaskStatus | undefined;
  readonly projectId?: string | undefined;
  readonly expectedVersion?: number | undefined;
}

/**
 * Updates the given fields of a task. One statement compares the version and changes the row, so of several calls with one
 * version only one succeeds. @throws Failure task.not_found, task.version_conflict, project.not_found
 */
export async function updateTask(
  ws: Ws<"task:write">,
  { id, title, status, projectId, expectedVersion }: UpdateTask,
) {
  const data = {
    ...(title === undefined ? {} : { title }),
    ...(status === undefined ? {} : { status }),
    ...(projectId === undefined ? {} : { projectId }),
  };
  const where = { id, ...(expectedVersion === undefined ? {} : { version: expectedVersion }) };
  const [task] = await ws.db.task.updateManyAndReturn({ where, data }).catch(rethrowMissingProject);
  if (!task) return refuseChange(ws, { id, expectedVersion });
  return toTask(task);
}
