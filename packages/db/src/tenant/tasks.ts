// Tasks as SQL: they are read and made more often than all else, and here Prisma's work would be most of the cost. Each
// statement names the workspace as well, as Prisma's are made to, and does not leave it to row-level security alone.
import type { Question } from "../client/transaction.ts";
import type { Task } from "../generated/client.ts";
import { HERE } from "./here.ts";
import type { Statements } from "./statements.ts";

export type TaskRow = Omit<Task, "workspaceId" | "externalId">;

export type NewTaskRow = Omit<TaskRow, "createdAt">;

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
}

export const taskStatements = (sql: Statements): TaskStatements => ({
  find: async (id) => (await sql.ask(taskQuestion(id)))[0] ?? null,
  list: (listing) => sql.ask(tasksQuestion(listing)),
  insert: async ({ id, projectId, title, status, createdBy }) => {
    const [row] = await sql.ask<TaskRow>({ ...INSERT, values: [id, projectId, title, status, createdBy] });
    if (!row) throw new Error("The task was not made.");
    return row;
  },
});

const COLUMNS = `id, project_id AS "projectId", title, status, created_by AS "createdBy", created_at AS "createdAt"`;

export const taskQuestion = (id: string): Question<TaskRow> => ({
  name: "projo_task",
  text: `SELECT ${COLUMNS} FROM tasks WHERE workspace_id = ${HERE} AND id = $1`,
  values: [id],
});

const INSERT = {
  name: "projo_task_insert",
  text: `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
         VALUES ($1, ${HERE}, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
} as const;

/** Only the filters that are given are in it: beside one that may be NULL no index would serve. */
export function tasksQuestion({ limit, search, ...others }: TaskListing): Question<TaskRow> {
  const filters = { ...others, search: search === undefined ? undefined : containing(search) };
  const given = Object.entries(CONDITIONS).flatMap(([name, condition], place) => {
    const value = filters[name as keyof typeof filters];
    return value === undefined ? [] : [{ place, condition, value }];
  });
  const conditions = given.map(({ condition }, at) => ` AND ${condition(`$${at + 2}`)}`);
  return {
    // By their places: PostgreSQL cuts a name short after 63 bytes, and takes two that begin alike for one.
    name: ["projo_tasks", ...given.map(({ place }) => place)].join("_"),
    text: `SELECT ${COLUMNS} FROM tasks WHERE workspace_id = ${HERE}${conditions.join("")} ORDER BY id DESC LIMIT $1`,
    values: [limit, ...given.map(({ value }) => value)],
  };
}

const CONDITIONS = {
  after: (id: string) => `id < ${id}`,
  projectId: (id: string) => `project_id = ${id}`,
  status: (status: string) => `status = ${status}`,
  createdBy: (id: string) => `created_by = ${id}`,
  createdAfter: (time: string) => `created_at >= ${time}`,
  createdBefore: (time: string) => `created_at < ${time}`,
  search: (pattern: string) => `title ILIKE ${pattern}`,
} as const satisfies Record<keyof Omit<TaskListing, "limit">, (parameter: string) => string>;

/** Text that contains the words as they are: `%` and `_` mean themselves. */
const containing = (text: string): string => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
