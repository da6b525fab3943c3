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
}

export const projectStatements = (sql: Statements): ProjectStatements => ({
  insert: async ({ id, name, createdBy, most }) => {
    const [row] = await sql.query<ProjectRow>({ ...INSERT, values: [id, name, createdBy, most] });
    return row ?? null;
  },
});

const INSERT = {
  name: "projo_project_insert",
  text: `INSERT INTO projects (id, workspace_id, name, created_by)
         SELECT $1, ${CURRENT_WORKSPACE_SQL}, $2, $3 WHERE (SELECT count(*) FROM projects WHERE workspace_id = ${CURRENT_WORKSPACE_SQL}) < $4::bigint
         RETURNING id, name, created_by AS "createdBy", created_at AS "createdAt"`,
} as const;
