import type { AuditEntry, Db } from "@projostack/db";
import { v7 } from "uuid";
import type { Owner } from "../database/bench-database.ts";
import { writeGrant, type Planted } from "../database/plant-workspaces.ts";
import { atOnce } from "../runner/at-once.ts";
import type { Contender } from "../runner/compare.ts";

/** How many callers wait for an answer at any moment. */
const CALLERS = 32;

export interface Deletions {
  readonly name: string;
  readonly db: Db;
  readonly places: readonly Planted[];
}

/** Deletes tasks, each with its entry in the log, in turn in all of the workspaces. */
export const deletions = (owner: Owner, { name, db, places }: Deletions): Contender => ({
  name,
  prepare: async (many) => {
    const tasks = await plantTasks(owner, places, many);
    return () => atOnce(CALLERS, tasks, (task) => deleteTask(db, task));
  },
});

interface Task {
  readonly id: string;
  readonly place: Planted;
}

async function plantTasks(owner: Owner, places: readonly Planted[], many: number): Promise<Task[]> {
  const { rows } = await owner.query<{ id: string; workspaceId: string }>(
    `INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
     SELECT uuidv7(), p.workspace_id, p.id, 'Write note ' || n, 'todo', p.created_by
       FROM projects AS p, generate_series(1, $2::int) AS n WHERE p.workspace_id = ANY ($1::uuid[]) ORDER BY n, p.id
     RETURNING id, workspace_id AS "workspaceId"`,
    [places.map(({ id }) => id), Math.ceil(many / places.length)],
  );
  const byId = new Map(places.map((place) => [place.id, place]));
  return rows.slice(0, many).flatMap(({ id, workspaceId }) => {
    const place = byId.get(workspaceId);
    return place ? [{ id, place }] : [];
  });
}

/** As the server's own operation does it. */
async function deleteTask(db: Db, { id, place }: Task): Promise<void> {
  await db.write(writeGrant(place), async ({ task, sql: { audit } }) => {
    const { title } = await task.delete({ where: { workspaceId_id: { workspaceId: place.id, id } } });
    audit.appendAtCommit([entryOf(place, id, title)]);
  });
}

/** An entry as large as one from a browser. */
export const entryOf = ({ userId }: Planted, targetId: string, title: string): AuditEntry => ({
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
