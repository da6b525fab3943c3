// Tasks as SQL: they are read and made more often than all else, and here Prisma's work would be most of the cost. Each
// statement names the workspace as well, as Prisma's are made to, and does not leave it to row-level security alone.
import type { Task } from "../generated/client.ts";
import { CURRENT_WORKSPACE_SQL } from "../scope/current-workspace-sql.ts";
import type { PreparedQuery, Statements } from "../scope/statements.ts";

export type TaskRow = Omit<Task, "workspaceId" | "externalId">;

export type NewTaskRow = Omit<TaskRow, "createdAt">;

export type ImportedTaskRow = NewTaskRow & Pick<Task, "externalId">;

/** Which tasks, from where, and how many. Newest first. */
export interface TaskListing {
  readonly after?: string | undefined;
  readonly limit: number;
  readonly projectId?: string | undefined;
  readonly status?: string | undefined;
  readonly createdBy?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  readonly search?: string | undefined;
}

export interface TaskStatements {
  find(id: string): Promise<TaskRow | null>;
  list(listing: TaskListing): Promise<TaskRow[]>;
  /** @throws on a project that is not the workspace's: tasks_workspace_id_project_id_fkey */
  insert(task: NewTaskRow): Promise<TaskRow>;
  /**
   * Makes all of them but for those that their project has already, by their externalId.
   * @returns the ids of those that were made
   * @throws on a project that is not the workspace's: tasks_workspace_id_project_id_fkey
   */
  insertMany(tasks: readonly ImportedTaskRow[]): Promise<ReadonlySet<string>>;
  /** How many there are, counted up to `most`. */
  count(most: number): Promise<number>;
  /** @returns what was deleted, or null */
  remove(id: string): Promise<Pick<TaskRow, "title"> | null>;
}

export const taskStatements = (sql: Statements): TaskStatements => ({
  find: async (id) => (await sql.query(taskQuery(id)))[0] ?? null,
  list: (listing) => sql.query(taskListQuery(listing)),
  insert: async ({ id, projectId, title, status, createdBy }) => {
    const [row] = await sql.query<TaskRow>({ ...INSERT, values: [id, projectId, title, status, createdBy] });
    if (!row) throw new Error("The task was not made.");
    return row;
  },
  insertMany: async (tasks) => {
    const columns = IMPORTED.map((name) => tasks.map((task) => task[name]));
    const rows = await sql.query<{ id: string }>({ ...INSERT_MANY, values: columns });
    return new Set(rows.map(({ id }) => id));
  },
  count: async (most) => (await sql.query<{ many: number }>({ ...COUNT, values: [most] }))[0]?.many ?? 0,
  remove: async (id) => (await sql.query<Pick<TaskRow, "title">>({ ...REMOVE, values: [id] }))[0] ?? null,
});

const COLUMNS = `id, project_id AS "projectId", title, status, created_by AS "createdBy", created_at AS "createdAt"`;

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

/** In the order of the statement's parameters. */
const IMPORTED = ["id", "projectId", "title", "status", "createdBy", "externalId"] as const;

const INSERT_MANY = {
  name: "projo_task_insert_many",
  text: `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by, external_id)
         SELECT id, ${CURRENT_WORKSPACE_SQL}, project_id, title, status, created_by, external_id
           FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[])
                AS given (id, project_id, title, status, created_by, external_id)
         ON CONFLICT DO NOTHING RETURNING id`,
} as const;

const COUNT = {
  name: "projo_tasks_count",
  text: `SELECT count(*)::integer AS many FROM (SELECT FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} LIMIT $1) AS counted`,
} as const;

const REMOVE = {
  name: "projo_task_remove",
  text: `DELETE FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = $1 RETURNING title`,
} as const;

/**
 * Only the filters that are given are in it: beside one that may be NULL no index would serve. A search reads the
 * workspace's part of tasks_search_idx until the page is full. Row-level security lets no index look for a part of a title,
 * so what counts is how little is done for each (docs/decisions/search.md).
 */
export function taskListQuery({ limit, ...filters }: TaskListing): PreparedQuery<TaskRow> {
  const given = filterNames.flatMap((name, place) => {
    const value = filters[name];
    return value === undefined ? [] : [{ name, place, value }];
  });
  const conditions = given.map(({ name }, at) => ` AND ${CONDITIONS[name](`$${at + 2}`)}`);
  const isQuick = given
    .filter(({ name }) => name !== "after")
    .every(({ name }, at) => at === 0 && INDEXED.has(name));
  return {
    // By their numbers: of a longer name PostgreSQL reads 63 bytes.
    name: `projo_tasks_${given.map(({ place }) => place).join("")}`,
    text: `SELECT ${COLUMNS} FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}${conditions.join("")} ORDER BY id DESC LIMIT $1`,
    values: [limit, ...given.map(({ value }) => value)],
    isQuick,
    isHeavy: !isQuick,
  };
}

type Filter = Exclude<keyof TaskListing, "limit">;

const CONDITIONS: Readonly<Record<Filter, (parameter: string) => string>> = {
  // The first is true of every task, and dear by any other index: the index's migration says how. The sub-select brings the
  // word to lower case once, and not for each title; the database's collation says which letters differ in nothing but
  // their case, then bytes are compared.
  search: (word) =>
    `(title <> '' OR projo_reads_table(title)) AND strpos(lower(title) COLLATE "C", (SELECT lower(${word}::text))) > 0`,
  after: (id) => `id < ${id}`,
  projectId: (id) => `project_id = ${id}`,
  status: (status) => `status = ${status}`,
  createdBy: (id) => `created_by = ${id}`,
  createdAfter: (time) => `created_at >= ${time}`,
  createdBefore: (time) => `created_at < ${time}`,
};

/** By one of these the next page is side by side in an index. By two, or by others, it may be far to the next that fits. */
const INDEXED: ReadonlySet<Filter> = new Set(["projectId", "status", "createdBy"]);

const filterNames = Object.keys(CONDITIONS) as Filter[];
