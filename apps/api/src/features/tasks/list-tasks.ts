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
  const since = createdAfter === undefined ? undefined : new Date(createdAfter);
  const until = createdBefore === undefined ? undefined : new Date(createdBefore);
  const filters = { projectId, status, createdBy };
  const limit = input.limit + 1;
  const tasks =
    search === undefined
      ? await db.task.findMany({
          where: {
            ...filters,
            ...(after === undefined ? {} : { id: { lt: after } }),
            createdAt: { ...(since && { gte: since }), ...(until && { lt: until }) },
          },
          orderBy: { id: "desc" },
          take: limit,
        })
      : await db.tasks.search({
          ...filters,
          search,
          after,
          limit,
          createdAfter: since,
          createdBefore: until,
        });
  return cursors.page(input, tasks.map(toTask));
}
