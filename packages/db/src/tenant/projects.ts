import type { Project } from "../generated/client.ts";
import { CURRENT_WORKSPACE_SQL } from "../scope/current-workspace-sql.ts";
import type { PreparedQuery, Statements } from "../scope/statements.ts";
import { listSql, orderSql, type ListOrder, type ListPosition } from "./list-order.ts";

export type ProjectRow = Omit<Project, "workspaceId">;

export interface NewProject {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  /** The maximum number of projects in a workspace. */
  readonly most: number;
}

/** A page of a list of projects. */
export interface ProjectListing {
  /** By default the newest project comes first. */
  readonly order?: ListOrder | undefined;
  /** The last project of the page before. */
  readonly after?: ListPosition | undefined;
  readonly limit: number;
  /** A part of the name, which projo_fold compares. */
  readonly search?: string | undefined;
}

export interface ProjectStatements {
  list(listing: ProjectListing): Promise<ProjectRow[]>;
  /** Requires a transaction with `lockMembers`. @returns null when the workspace has the maximum number of projects */
  insert(project: NewProject): Promise<ProjectRow | null>;
  /** @returns the projects with this name, oldest first, at most two: enough to see that a name is ambiguous */
  findNamed(name: string): Promise<ProjectRow[]>;
  /** Counts the tasks of a project, and stops at `most`. */
  countTasks(id: string, most: number): Promise<number>;
  /** Counts the tasks of a project. Locks the project until the transaction ends, so that no task is added to it. */
  lockAndCountTasks(id: string): Promise<number>;
}

export const projectStatements = (sql: Statements): ProjectStatements => ({
  list: (listing) => sql.query(projectListQuery(listing)),
  insert: async ({ id, name, createdBy, most }) => {
    const [row] = await sql.query<ProjectRow>({ ...INSERT, values: [id, name, createdBy, most] });
    return row ?? null;
  },
  findNamed: (name) => sql.query<ProjectRow>({ ...FIND_NAMED, values: [name] }),
  countTasks: (id, most) => countTasks(sql, id, most),
  lockAndCountTasks: async (id) => {
    await sql.query({ ...LOCK, values: [id] });
    // A statement of its own: it sees the tasks that were added while the first one waited for the lock.
    return countTasks(sql, id, null);
  },
});

const COLUMNS = `id, name, created_by AS "createdBy", created_at AS "createdAt", updated_at AS "updatedAt", version`;

const INSERT = {
  name: "projo_project_insert",
  text: `INSERT INTO projects (id, workspace_id, name, created_by)
         SELECT $1, ${CURRENT_WORKSPACE_SQL}, $2, $3 WHERE (SELECT count(*) FROM projects WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}) < $4::bigint
         RETURNING ${COLUMNS}`,
} as const;

/** Is true of every project. The planner then chooses projects_names_idx, as the migration of that index explains. */
const IN_NAMES_INDEX = "(name <> '' OR projo_reads_titles(name))";

/**
 * The projects whose name equals this one by projo_fold. If some have exactly this name, only those: a workspace may contain
 * both "web" and "Web". It scans the workspace's part of projects_names_idx.
 */
const FIND_NAMED = {
  name: "projo_projects_named",
  text: `WITH named AS (
           SELECT ${COLUMNS}, normalize(name) = normalize($1::text) AS is_exact FROM projects
            WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND ${IN_NAMES_INDEX}
              AND projo_fold(name) COLLATE "C" = (SELECT projo_fold($1::text))
         )
         SELECT id, name, "createdBy", "createdAt", "updatedAt", version FROM named
          WHERE is_exact OR NOT EXISTS (SELECT FROM named WHERE is_exact) ORDER BY id LIMIT 2`,
} as const;

async function countTasks(sql: Statements, id: string, most: number | null): Promise<number> {
  return (await sql.query<{ many: number }>({ ...COUNT_TASKS, values: [id, most] }))[0]?.many ?? 0;
}

/** Without a maximum, `$2` is null: LIMIT NULL is no limit. */
const COUNT_TASKS = {
  name: "projo_project_tasks_count",
  text: `SELECT count(*)::integer AS many FROM (
           SELECT FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND project_id = $1 LIMIT $2) AS counted`,
  isHeavy: true,
} as const;

const LOCK = {
  name: "projo_project_lock",
  text: `SELECT FROM projects WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND id = $1 FOR UPDATE`,
} as const;

/** A search scans the workspace's part of projects_names_idx, as a search for tasks scans tasks_titles_idx. */
export function projectListQuery({
  limit,
  after,
  order = "newest",
  search,
}: ProjectListing): PreparedQuery<ProjectRow> {
  const values: unknown[] = [limit];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const { letter, after: rowsAfter } = orderSql[order];
  const conditions = [
    `workspace_id = ${CURRENT_WORKSPACE_SQL}`,
    ...(search === undefined ? [] : [matching(parameter(search))]),
    ...(after === undefined ? [] : [rowsAfter(after, parameter)]),
  ];
  return {
    name: `projo_projects_${letter}${after === undefined ? "" : "a"}${search === undefined ? "" : "s"}`,
    text: listSql({ table: "projects", columns: COLUMNS, conditions, order, isSearch: search !== undefined }),
    values,
    isQuick: search === undefined,
  };
}

const matching = (text: string): string =>
  `${IN_NAMES_INDEX} AND strpos(projo_fold(name) COLLATE "C", (SELECT projo_fold(${text}::text))) > 0`;
