import { Prisma } from "../generated/client.ts";
import type { ListPage, Statements } from "./statements.ts";

export interface TaskRow {
  readonly id: string;
  readonly projectId: string;
  readonly title: string;
  readonly status: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export interface TaskSearch extends ListPage {
  /** A part of the title, whatever its case. */
  readonly search: string;
  readonly projectId?: string | undefined;
  readonly status?: string | undefined;
  readonly createdBy?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
}

export interface TaskStatements {
  search(input: TaskSearch): Promise<TaskRow[]>;
}

export const taskStatements = (sql: Statements): TaskStatements => ({
  search: (input) => sql.$queryRaw<TaskRow[]>(searchStatement(input)),
});

/**
 * Reads the workspace's part of tasks_search_idx from its newest task on, until the page is full. Row-level security lets
 * no index look for a part of a title, so what counts is how little is done for each (docs/decisions/search.md). The
 * database's collation says which letters differ in nothing but their case; then bytes are compared.
 */
export const searchStatement = ({ search, after, limit, ...filters }: TaskSearch): Prisma.Sql => Prisma.sql`
  SELECT id, project_id AS "projectId", title, status, created_by AS "createdBy", created_at AS "createdAt"
    FROM tasks
   WHERE ${HERE} AND ${BY_ITS_INDEX} AND ${Prisma.join([titleHas(search), ...conditionsOf({ after, ...filters })], " AND ")}
   ORDER BY id DESC LIMIT ${limit}::integer`;

// As the policy says it, which PostgreSQL does not see through: so it knows how large this workspace is.
const HERE = Prisma.sql`workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid`;

// True of every task, and dear by any other index: the migration says how.
const BY_ITS_INDEX = Prisma.sql`(title <> '' OR projo_reads_table(title))`;

// The sub-select brings the word to lower case once, and not for each title.
const titleHas = (search: string) =>
  Prisma.sql`strpos(lower(title) COLLATE "C", (SELECT lower(${search}::text))) > 0`;

type Filters = Omit<TaskSearch, "search" | "limit">;

function conditionsOf(filters: Filters): Prisma.Sql[] {
  const { after, projectId, status, createdBy, createdAfter, createdBefore } = filters;
  return [
    ...(after === undefined ? [] : [Prisma.sql`id < ${after}::uuid`]),
    ...(projectId === undefined ? [] : [Prisma.sql`project_id = ${projectId}::uuid`]),
    ...(status === undefined ? [] : [Prisma.sql`status = ${status}::text`]),
    ...(createdBy === undefined ? [] : [Prisma.sql`created_by = ${createdBy}::uuid`]),
    ...(createdAfter === undefined ? [] : [Prisma.sql`created_at >= ${createdAfter}::timestamptz`]),
    ...(createdBefore === undefined ? [] : [Prisma.sql`created_at < ${createdBefore}::timestamptz`]),
  ];
}
