import { holds } from "@projostack/authz";
import type { ListedTaskInclude, TaskStatus } from "@projostack/contract";
import {
  type ListedTaskRow,
  type ListPosition,
  type PreparedQuery,
  type TaskListing,
  taskListQuery,
} from "@projostack/db";
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
  readonly idPrefix?: string | undefined;
  readonly include?: readonly ListedTaskInclude[] | undefined;
}

/** Lists the tasks of the workspace. @throws Failure cursor.invalid */
export async function listTasks({ db, cursors, grant }: ReadWs<"task:read">, input: ListTasks) {
  const tasks = await db.sql.tasks.list(listingOf(input, cursors.position(input)));
  const toItem = input.include?.includes("projectName") ? toNamedTask(holds(grant, "project:read")) : toTask;
  return cursors.page(input, tasks.map(toItem));
}

/** A service key may list tasks without the permission to read projects. */
const toNamedTask = (mayReadProjects: boolean) => (row: ListedTaskRow) => ({
  ...toTask(row),
  projectName: mayReadProjects ? (row.projectName ?? null) : null,
});

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
  const {
    limit,
    order,
    projectId,
    status,
    createdBy,
    createdAfter,
    createdBefore,
    search,
    idPrefix,
    include,
  } = input;
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
    ids: idPrefix === undefined ? undefined : idsWith(idPrefix),
    withProjectName: include?.includes("projectName"),
  };
}

/** The ids with these first hexadecimal digits. They follow each other in the order of ids. */
const idsWith = (digits: string) => ({
  first: idOf(digits.padEnd(32, "0")),
  last: idOf(digits.padEnd(32, "f")),
});

const idOf = (digits: string): string =>
  digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

const timeOf = (text: string | undefined): Date | undefined =>
  text === undefined ? undefined : new Date(text);
