import type { RunStatement } from "../scope/run-statement.ts";
import type { Statements } from "../scope/statements.ts";
import {
  countRows,
  listAdmins,
  type WorkspaceAdmin,
  type WorkspaceCounts,
} from "../tenant/workspace-facts.ts";

/** A workspace as operators see it. */
export interface OperatorWorkspace {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  /** When it was deleted; null while it is in use. */
  readonly deletedAt: Date | null;
}

export interface OperatorWorkspacePage {
  /** A part of the name, in any case. */
  readonly name?: string | undefined;
  /** The id of the last workspace of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** The workspaces of the deployment. `list` and `find` need the operator's login. */
export interface OperatorWorkspaces {
  /** Lists workspaces, newest first. */
  list(page: OperatorWorkspacePage): Promise<OperatorWorkspace[]>;
  find(workspaceId: string): Promise<OperatorWorkspace | null>;
  /** Counts the rows of a workspace, each table up to `most` rows. */
  countRows(workspaceId: string, most: number): Promise<WorkspaceCounts>;
  listAdmins(workspaceId: string): Promise<WorkspaceAdmin[]>;
}

/** Reads in one workspace, in a read-only transaction. */
type ReadIn = <T>(workspaceId: string, work: (sql: Statements) => Promise<T>) => Promise<T>;

/** @param run runs statements as projo_operator */
export const operatorWorkspaces = (run: RunStatement, readIn: ReadIn): OperatorWorkspaces => ({
  list: async ({ name = null, after = null, limit }) =>
    (await run<OperatorWorkspace>("operator_workspaces", LIST, [name, after, limit])).rows,
  find: async (workspaceId) =>
    (await run<OperatorWorkspace>("operator_workspace", FIND, [workspaceId])).rows[0] ?? null,
  countRows: (workspaceId, most) => readIn(workspaceId, (sql) => countRows(sql, most)),
  listAdmins: (workspaceId) => readIn(workspaceId, listAdmins),
});

const SELECT = `SELECT id, name, created_at AS "createdAt", deleted_at AS "deletedAt" FROM workspaces`;
const FIND = `${SELECT} WHERE id = $1`;
const LIST = `${SELECT}
 WHERE ($1::text IS NULL OR strpos(lower(name), lower($1::text)) > 0) AND ($2::uuid IS NULL OR id < $2)
 ORDER BY id DESC LIMIT $3`;
