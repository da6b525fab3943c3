import { CURRENT_WORKSPACE_SQL } from "../scope/current-workspace-sql.ts";
import type { Statements } from "../scope/statements.ts";

/** The numbers of rows of a workspace, each at most the given maximum. */
export interface WorkspaceCounts {
  readonly members: number;
  readonly projects: number;
  readonly tasks: number;
  readonly serviceKeys: number;
  readonly invites: number;
  readonly auditEntries: number;
}

export interface WorkspaceAdmin {
  readonly userId: string;
  readonly email: string;
}

/** Counts the rows of the workspace that the transaction has entered, without reading their content. */
export async function countRows(sql: Statements, most: number): Promise<WorkspaceCounts> {
  const [counts] = await sql.query<WorkspaceCounts>({ ...COUNT, values: [most] });
  if (!counts) throw new Error("The query for the numbers of rows returned no row.");
  return counts;
}

/** The admins of the workspace that the transaction has entered, in the order in which they joined. */
export const listAdmins = (sql: Statements): Promise<WorkspaceAdmin[]> =>
  sql.query<WorkspaceAdmin>({ ...ADMINS, values: [] });

const countOf = (table: string): string =>
  `(SELECT count(*)::integer FROM (SELECT FROM ${table} WHERE workspace_id = ${CURRENT_WORKSPACE_SQL} LIMIT $1) AS counted)`;

const COUNT = {
  name: "projo_workspace_counts",
  text: `SELECT ${countOf("workspace_members")} AS members, ${countOf("projects")} AS projects, ${countOf("tasks")} AS tasks,
                ${countOf("service_keys")} AS "serviceKeys", ${countOf("invites")} AS invites,
                ${countOf("audit_logs")} AS "auditEntries"`,
  isHeavy: true,
} as const;

const ADMINS = {
  name: "projo_workspace_admins",
  text: `SELECT m.user_id AS "userId", u.email FROM workspace_members AS m JOIN users AS u ON u.id = m.user_id
          WHERE m.workspace_id = ${CURRENT_WORKSPACE_SQL} AND m.role = 'admin' ORDER BY m.created_at, m.user_id`,
} as const;
