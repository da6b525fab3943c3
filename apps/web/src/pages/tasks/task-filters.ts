// The filters and the order of the list of tasks. They are in the query string, so that a link shows the same list.
import type { ListOrder, Task, TaskStatus } from "@projostack/sdk";
import { readOrder, readSearch, withParameter } from "../list-query.ts";

export interface TaskFilters {
  readonly projectId?: string;
  readonly status?: TaskStatus;
  readonly createdBy?: string;
  readonly search?: string;
  readonly order?: ListOrder;
}

export const taskStatuses = ["todo", "doing", "done"] as const satisfies readonly TaskStatus[];

const parameters = {
  projectId: "project",
  status: "status",
  createdBy: "creator",
  search: "search",
  order: "order",
} as const satisfies Record<keyof TaskFilters, string>;

const filterNames = [
  "projectId",
  "status",
  "createdBy",
  "search",
  "order",
] as const satisfies readonly (keyof TaskFilters)[];

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads the filters. Values that the server would refuse are ignored, because a user may have edited the address. */
export function readFilters(query: URLSearchParams): TaskFilters {
  const projectId = query.get(parameters.projectId) ?? "";
  const createdBy = query.get(parameters.createdBy) ?? "";
  const status = taskStatuses.find((each) => each === query.get(parameters.status));
  const order = readOrder(query);
  const search = readSearch(query);
  return {
    ...(UUID.test(projectId) && { projectId }),
    ...(status && { status }),
    ...(UUID.test(createdBy) && { createdBy }),
    ...(search && { search }),
    ...(order && { order }),
  };
}

export const withFilter = (
  query: URLSearchParams,
  filter: keyof TaskFilters,
  value: string,
): URLSearchParams => withParameter(query, parameters[filter], value);

/** The query string of a list with these filters. */
export const filterQuery = (filters: TaskFilters): string =>
  filterNames
    .reduce((query, name) => withFilter(query, name, filters[name] ?? ""), new URLSearchParams())
    .toString();

/** Whether the filters select tasks. The order selects none. */
export const selectsTasks = ({ order: _, ...filters }: TaskFilters): boolean =>
  Object.keys(filters).length > 0;

/** Whether a new task belongs to the front of the list. A search cannot be answered here. */
export const beginsWith = (filters: TaskFilters, task: Task): boolean =>
  filters.order !== "oldest" &&
  filters.search === undefined &&
  (filters.projectId ?? task.projectId) === task.projectId &&
  (filters.status ?? task.status) === task.status &&
  (filters.createdBy ?? task.createdBy) === task.createdBy;
