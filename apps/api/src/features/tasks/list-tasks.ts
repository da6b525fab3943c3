import type { Page } from "../../rpc/cursors.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toTask, type TaskStatus } from "./task.ts";

export interface ListTasks extends Page {
  readonly projectId?: string | undefined;
  readonly status?: TaskStatus | undefined;
  readonly createdBy?: string | undefined;
  readonly createdAfter?: string | undefined;
  readonly createdBefore?: string | undefined;
  readonly search?: string | undefined;
}

/** The tasks of the workspace, newest first. @throws Failure cursor.invalid */
export async function listTasks({ db, cursors }: ReadWs<"task:read">, input: ListTasks) {
  const after = cursors.after(input);
  const { projectId, status, createdBy, createdAfter, createdBefore, search } = input;
  if (search !== undefined) {
    const found = await db.tasks.search({
      search,
      after,
      limit: input.limit + 1,
      projectId,
      status,
      createdBy,
      createdAfter: createdAfter === undefined ? undefined : new Date(createdAfter),
      createdBefore: createdBefore === undefined ? undefined : new Date(createdBefore),
    });
    return cursors.page(input, found.map(toTask));
  }
  const tasks = await db.task.findMany({
    where: {
      ...(after === undefined ? {} : { id: { lt: after } }),
      ...(projectId === undefined ? {} : { projectId }),
      ...(status === undefined ? {} : { status }),
      ...(createdBy === undefined ? {} : { createdBy }),
      createdAt: {
        ...(createdAfter === undefined ? {} : { gte: new Date(createdAfter) }),
        ...(createdBefore === undefined ? {} : { lt: new Date(createdBefore) }),
      },
    },
    orderBy: { id: "desc" },
    take: input.limit + 1,
  });
  return cursors.page(input, tasks.map(toTask));
}
