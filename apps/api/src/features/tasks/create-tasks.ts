import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import type { NewTask } from "./create-task.ts";
import { rethrowMissingProject } from "./rethrow-missing-project.ts";
import { withTaskCapacity } from "./with-task-capacity.ts";

export interface NewTasks {
  readonly items: readonly (NewTask & { readonly externalId?: string | undefined })[];
}

/**
 * Creates all of the tasks or none. A task whose project already has its externalId is left unchanged, so repeating the
 * call creates no duplicates. @throws Failure project.not_found, task.too_many
 */
export async function createTasks(ws: Ws<"task:write">, services: Services, { items }: NewTasks) {
  const rows = items.map(({ projectId, title, status, externalId }) => ({
    id: ws.newId(),
    projectId,
    title,
    status,
    externalId: externalId ?? null,
    createdBy: ws.grant.userId,
  }));
  const createdIds = await withTaskCapacity(ws, services, {
    most: rows.length,
    createdIn: ({ size }: ReadonlySet<string>) => size,
    create: () => ws.db.sql.tasks.insertMany(rows).catch(rethrowMissingProject),
  });
  const skipped = rows.filter(({ id }) => !createdIds.has(id));
  const existing = await findExistingIds(ws, skipped);
  return {
    items: rows.map((row) =>
      createdIds.has(row.id)
        ? { id: row.id, created: true }
        : { id: existing.get(keyOf(row)) ?? row.id, created: false },
    ),
  };
}

interface ExternalKey {
  readonly projectId: string;
  readonly externalId: string | null;
}

/** Finds the ids of the tasks that existed before, by project and externalId. */
async function findExistingIds(
  { db }: Ws<"task:write">,
  rows: readonly ExternalKey[],
): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map();
  const tasks = await db.task.findMany({
    where: {
      projectId: { in: rows.map(({ projectId }) => projectId) },
      externalId: { in: rows.flatMap(({ externalId }) => externalId ?? []) },
    },
    select: { id: true, projectId: true, externalId: true },
  });
  return new Map(tasks.map((task) => [keyOf(task), task.id]));
}

const keyOf = ({ projectId, externalId }: ExternalKey): string => `${projectId} ${externalId}`;
