import type { Project } from "../generated/client.ts";
import { CURRENT_WORKSPACE_SQL } from "../scope/current-workspace-sql.ts";
import type { Statements } from "../scope/statements.ts";

export type ProjectRow = Omit<Project, "workspaceId">;

export interface NewProject {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  /** The maximum number of projects in a workspace. */
  readonly most: number;
}

export interface ProjectStatements {
  /** Requires a transaction with `lockMembers`. @returns null when the workspace has the maximum number of projects */
  insert(project: NewProject): Promise<ProjectRow | null>;
  /** @returns the projects with this name, oldest first, at most two: enough to see that a name is ambiguous */
  findNamed(name: string): Promise<ProjectRow[]>;
}

export const projectStatements = (sql: Statements): ProjectStatements => ({
  insert: async ({ id, name, createdBy, most }) => {
    const [row] = await sql.query<ProjectRow>({ ...INSERT, values: [id, name, createdBy, most] });
    return row ?? null;
  },
  findNamed: (name) => sql.query<ProjectRow>({ ...FIND_NAMED, values: [name] }),
});

const COLUMNS = `id, name, created_by AS "createdBy", created_at AS "createdAt"`;

const INSERT = {
  name: "projo_project_insert",
  text: `INSERT INTO projects (id, workspace_id, name, created_by)
         SELECT $1, ${CURRENT_WORKSPACE_SQL}, $2, $3 WHERE (SELECT count(*) FROM projects WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}) < $4::bigint
         RETURNING ${COLUMNS}`,
} as const;

/** The condition under which two names of projects are equal. */
const hasName = (name: string): string => `name = ${name}`;

const FIND_NAMED = {
  name: "projo_projects_named",
  text: `SELECT ${COLUMNS} FROM projects WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} AND ${hasName("$1::text")}
          ORDER BY id LIMIT 2`,
} as const;
