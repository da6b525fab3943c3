// Tasks in SQL: they are read and created more often than any other resource, and Prisma would be most of the cost. Each
// statement names the workspace, as the filter does for Prisma's queries, and does not rely on row-level security alone.
import type { Task } from "../generated/client.ts";
import { CURRENT_WORKSPACE_SQL } from "../scope/current-workspace-sql.ts";
import type { PreparedQuery, Statements } from "../scope/statements.ts";
import { listSql, orderSql, type ListOrder, type ListPosition } from "./list-order.ts";

export type TaskRow = Omit<Task, "workspaceId" | "externalId">;

/** A task in a list. */
export interface ListedTaskRow extends TaskRow {
  /** Only present if the listing asks for it. */
  readonly projectName?: string;
}

export type NewTaskRow = Omit<TaskRow, "createdAt" | "updatedAt" | "version">;

export type ImportedTaskRow = NewTaskRow & Pick<Task, "externalId">;

/** The ids from the first to the last one, both included. */
export interface IdRange {
  readonly first: string;
  readonly last: string;
}

/** The filters and the page of a list of tasks. */
export interface TaskListing {
  /** By default the newest task comes first. */
  readonly order?: ListOrder | undefined;
  /** The last task of the page before. */
  readonly after?: ListPosition | undefined;
  readonly limit: number;
  readonly projectId?: string | undefined;
  readonly status?: string | undefined;
  readonly createdBy?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  readonly search?: string | undefined;
  readonly ids?: IdRange | undefined;
  /** Adds the name of the project to each task. It costs an index lookup for each task of the page. */
  readonly withProjectName?: boolean | undefined;
}

export interface TaskStatements {
  find(id: string): Promise<TaskRow | null>;
  list(listing: TaskListing): Promise<ListedTaskRow[]>;
  /** @throws an error of the constraint tasks_workspace_id_project_id_fkey when the project is not in the workspace */
  insert(task: NewTaskRow): Promise<TaskRow>;
  /**
   * Inserts the tasks, except those whose externalId exists in their project.
   * @returns the ids of the inserted tasks
   * @throws an error of the constraint tasks_workspace_id_project_id_fkey when a project is not in the workspace
   */
  insertMany(tasks: readonly ImportedTaskRow[]): Promise<ReadonlySet<string>>;
  /** Counts the tasks of the workspace, and stops at `most`. */
  count(most: number): Promise<number>;
  /** @returns the title of the deleted task, or null when it was not found, or not with this version */
  remove(id: string, version?: number): Promise<Pick<TaskRow, "title"> | null>;
}

export const taskStatements = (sql: Statements): TaskStatements => ({
  find: async (id) => (await sql.query(taskQuery(id)))[0] ?? null,
  list: (listing) => sql.query(taskListQuery(listing)),
  insert: async ({ id, projectId, title, status, createdBy }) => {
    const [row] = await sql.query<TaskRow>({ ...INSERT, values: [id, projectId, title, status, createdBy] });
    if (!row) throw new Error("The task was not created.");
    return row;
  },
  insertMany: async (tasks) => {
    const columns = IMPORTED.map((name) => tasks.map((task) => task[name]));
    const rows = await sql.query<{ id: string }>({ ...INSERT_MANY, values: columns });
    return new Set(rows.map(({ id }) => id));
  },
  count: async (most) => (await sql.query<{ many: number }>({ ...COUNT, values: [most] }))[0]?.many ?? 0,
  remove: async (id, version) => (await sql.query(removeQuery(id, version)))[0] ?? null,
});

const COLUMNS = `id, project_id AS "projectId", title, status, created_by AS "createdBy", created_at AS "createdAt",
         updated_at AS "updatedAt", version`;

export const taskQuery = (id: string): PreparedQuery<TaskRow> => ({
  name: "projo_task",
  text: `SELECT ${COLUMNS} FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = $1`,
  values: [id],
  isQuick: true,
});

const INSERT = {
  name: "projo_task_insert",
  text: `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
         VALUES ($1, ${CURRENT_WORKSPACE_SQL}, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
} as const;

/** The columns of an import in the order of the statement's parameters. */
const IMPORTED = ["id", "projectId", "title", "status", "createdBy", "externalId"] as const;

/**
 * Each inserted key locks the same key of a concurrent import until its transaction ends. All imports insert in the order of
 * the keys, so two of them cannot wait for each other.
 */
const INSERT_MANY = {
  name: "projo_task_insert_many",
  text: `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by, external_id)
         SELECT id, ${CURRENT_WORKSPACE_SQL}, project_id, title, status, created_by, external_id
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[])
                AS given (id, project_id, title, status, created_by, external_id)
          ORDER BY project_id, external_id, id
         ON CONFLICT DO NOTHING RETURNING id`,
} as const;

const COUNT = {
  name: "projo_tasks_count",
  text: `SELECT count(*)::integer AS many FROM (SELECT FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} LIMIT $1) AS counted`,
} as const;

function removeQuery(id: string, version: number | undefined): PreparedQuery<Pick<TaskRow, "title">> {
  const [name, condition] = version === undefined ? ["", ""] : ["_version", " AND version = $2"];
  return {
    name: `projo_task_remove${name}`,
    text: `DELETE FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = $1${condition} RETURNING title`,
    values: version === undefined ? [id] : [id, version],
  };
}

/**
 * The query contains only the given filters: PostgreSQL uses no index for a condition of the form `$1 IS NULL OR ...`. A
 * search scans the workspace's part of tasks_titles_idx until the page is full, or to its end in the order of the last change.
 * Under row-level security no index can match a part of a title, so the cost depends on the work for each row
 * (docs/decisions/search.md).
 */
export function taskListQuery({
  limit,
  after,
  order = "newest",
  withProjectName = false,
  ids,
  ...filters
}: TaskListing): PreparedQuery<ListedTaskRow> {
  const values: unknown[] = [limit];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const given = filterNames.filter((name) => filters[name] !== undefined);
  const { letter, after: rowsAfter } = orderSql[order];
  const conditions = [
    `workspace_id = ${CURRENT_WORKSPACE_SQL}`,
    ...given.map((name) => CONDITIONS[name](parameter(filters[name]))),
    ...(ids === undefined ? [] : [`id BETWEEN ${parameter(ids.first)} AND ${parameter(ids.last)}`]),
    ...(after === undefined ? [] : [rowsAfter(after, parameter)]),
  ];
  const page = listSql({
    table: "tasks",
    columns: COLUMNS,
    conditions,
    order,
    isSearch: filters.search !== undefined,
  });
  const isQuick = ids
    ? given.length === 0 && order !== "last_changed"
    : given.every((name, at) => at === 0 && INDEXED.has(name));
  return {
    // The name lists the numbers of the filters, because PostgreSQL cuts a name off after 63 bytes.
    name: `projo_tasks_${withProjectName ? "p" : ""}${letter}${ids ? "i" : ""}${after === undefined ? "" : "a"}${given.map((name) => filterNames.indexOf(name)).join("")}`,
    text: withProjectName ? projectNamesSql(page, order) : page,
    values,
    isQuick,
    isHeavy: !isQuick,
  };
}

/** Looks up the name for the rows of the page only: the plan of the page stays the same, and no row outside it is read. */
const projectNamesSql = (page: string, order: ListOrder): string =>
  `SELECT page.*, (SELECT name FROM projects WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = page."projectId") AS "projectName"
     FROM (${page}) AS page ORDER BY ${orderSql[order].orderOfPage}`;

type Filter = Exclude<keyof TaskListing, "limit" | "after" | "order" | "withProjectName" | "ids">;

const CONDITIONS: Readonly<Record<Filter, (parameter: string) => string>> = {
  // The first condition is true for every task. It makes the planner choose tasks_titles_idx: the migration of that index
  // explains how. The sub-select folds the text once, not for each title. The comparison then compares bytes.
  search: (text) =>
    `(title <> '' OR projo_reads_titles(title)) AND strpos(projo_fold(title) COLLATE "C", (SELECT projo_fold(${text}::text))) > 0`,
  projectId: (id) => `project_id = ${id}`,
  status: (status) => `status = ${status}`,
  createdBy: (id) => `created_by = ${id}`,
  createdAfter: (time) => `created_at >= ${time}`,
  createdBefore: (time) => `created_at < ${time}`,
};

/**
 * The filters with an index in each order of the list. With one of them, the rows of a page are adjacent in the index. With two,
 * or with another filter, the query may scan many rows between two matches.
 */
const INDEXED: ReadonlySet<Filter> = new Set(["projectId", "status", "createdBy"]);

const filterNames = Object.keys(CONDITIONS) as Filter[];
