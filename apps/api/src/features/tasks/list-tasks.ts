import type { TaskStatus } from "@projostack/contract";
import { type ListPosition, type PreparedQuery, type TaskListing, taskListQuery } from "@projostack/db";
import { type Page, unverifiedPosition } from "../../rpc/cursors.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toTask } from "./task.ts";

export interface ListTasks extends Page {
  readonly projectId?: string | undefined;
  readonly status?: TaskStatus | undefined;
  readonly createdBy?: string | undefined;
  readonly createdAfter?: string | undefined;
  readonly createdBefore?: string | undefined;
  readonly search?: string | undefined;
}

/** Lists the tasks of the workspace. @throws Failure cursor.invalid */
export async function listTasks({ db, cursors }: ReadWs<"task:read">, input: ListTasks) {
  const tasks = await db.sql.tasks.list(listingOf(input, cursors.position(input)));
  return cursors.page(input, tasks.map(toTask));
}

/**
 * Prepares the query of `listTasks` for prefetching, before the cursor is verified; undefined when the text cannot be a
 * cursor.
 */
export function prepareTaskListQuery(input: ListTasks): PreparedQuery<object> | undefined {
  const after = unverifiedPosition(input);
  return after === null ? undefined : taskListQuery(listingOf(input, after));
}

/** Lists one row more than the page holds. The extra row shows that there is a next page. */
function listingOf(input: ListTasks, after: ListPosition | undefined): TaskListing {
  const { limit, order, projectId, status, createdBy, createdAfter, createdBefore, search } = input;
  return {
    limit: limit + 1,
    order,
    after,
    projectId,
    status,
    createdBy,
    createdAfter: timeOf(createdAfter),
    createdBefore: timeOf(createdBefore),
    search,
  };
}

const timeOf = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(text);
