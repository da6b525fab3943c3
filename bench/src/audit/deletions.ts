import type { AuditEntry, Db } from "@projostack/db";
import { v7 } from "uuid";
import type { Owner } from "../database/bench-database.ts";
import { writeGrant, type SeededWorkspace } from "../database/seed-workspaces.ts";
import { runConcurrently } from "../runner/run-concurrently.ts";
import type { Contender } from "../runner/compare.ts";

/** The number of concurrent callers. */
const CALLERS = 32;

export interface Deletions {
  readonly name: string;
  readonly db: Db;
  readonly workspaces: readonly SeededWorkspace[];
}

/** Deletes tasks of all workspaces in rotation, each with an audit entry. */
export const deletions = (owner: Owner, { name, db, workspaces }: Deletions): Contender => ({
  name,
  prepare: async (many) => {
    const tasks = await seedTasks(owner, workspaces, many);
    return () => runConcurrently(CALLERS, tasks, (task) => deleteTask(db, task));
  },
});

interface Task {
  readonly id: string;
  readonly workspace: SeededWorkspace;
}

async function seedTasks(
  owner: Owner,
  workspaces: readonly SeededWorkspace[],
  many: number,
): Promise<Task[]> {
  const { rows } = await owner.query<{ id: string; workspaceId: string }>(
    `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
     SELECT uuidv7(), p.workspace_id, p.id, 'Write note ' || n, 'todo', p.created_by
       FROM projects AS p, generate_series(1, $2::int) AS n WHERE p.workspace_id = ANY ($1::uuid[]) ORDER BY n, p.id
     RETURNING id, workspace_id AS "workspaceId"`,
    [workspaces.map(({ id }) => id), Math.ceil(many / workspaces.length)],
  );
  const byId = new Map(workspaces.map((workspace) => [workspace.id, workspace]));
  return rows.slice(0, many).flatMap(({ id, workspaceId }) => {
    const workspace = byId.get(workspaceId);
    return workspace ? [{ id, workspace }] : [];
  });
}

/** Deletes a task in the same way as the server's operation. */
async function deleteTask(db: Db, { id, workspace }: Task): Promise<void> {
  await db.write(writeGrant(workspace), async ({ task, sql: { audit } }) => {
    const { title } = await task.delete({ where: { workspaceId_id: { workspaceId: workspace.id, id } } });
    audit.appendAtCommit([entryOf(workspace, id, title)]);
  });
}

/** Returns an entry of the same size as one from a browser. */
export const entryOf = ({ userId }: SeededWorkspace, targetId: string, title: string): AuditEntry => ({
  id: v7(),
  actorKind: "user",
  actorUserId: userId,
  action: "task.deleted",
  targetType: "task",
  targetId,
  outcome: "ok",
  requestId: targetId,
  sessionId: userId,
  meta: { before: { title } },
  personal: {
    ip: "192.0.2.17",
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  },
});
