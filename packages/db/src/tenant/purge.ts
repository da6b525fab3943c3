import { randomUUID } from "node:crypto";
import { appendAudit } from "./audit/append-audit.ts";
import type { Statements } from "../scope/statements.ts";
import { RESTORABLE_DAYS } from "./workspaces.ts";

/** Rows deleted by one statement: few enough to stay far below the statement timeout. */
const BATCH = 5_000;

/** Purges a workspace in several transactions. @returns false when the workspace can still be restored */
export async function purge(
  inTransaction: (part: (transaction: Statements) => Promise<boolean>) => Promise<boolean>,
): Promise<boolean> {
  while (await inTransaction(purgeTasks));
  return inTransaction(purgeWorkspace);
}

/** Deletes up to `BATCH` tasks of a workspace that can no longer be restored. @returns whether there may be more */
async function purgeTasks(transaction: Statements): Promise<boolean> {
  // The row lock makes the statement wait for a concurrent restore and then see its result.
  const deleted = await transaction.$executeRaw`
    WITH purgeable AS (
      SELECT FROM workspaces WHERE deleted_at < now() - make_interval(days => ${RESTORABLE_DAYS}::integer) FOR UPDATE
    )
    DELETE FROM tasks WHERE id IN (SELECT id FROM tasks LIMIT ${BATCH}::integer) AND EXISTS (SELECT FROM purgeable)`;
  return deleted === BATCH;
}

/**
 * Deletes the workspace and its remaining rows, except the audit log, and appends `workspace.purged` to that log.
 * @returns false when the workspace can still be restored
 */
async function purgeWorkspace(transaction: Statements): Promise<boolean> {
  const [deleted] = await transaction.$queryRaw<{ id: string }[]>`
    DELETE FROM workspaces WHERE deleted_at < now() - make_interval(days => ${RESTORABLE_DAYS}::integer) RETURNING id`;
  if (!deleted) return false;
  const target = { targetType: "workspace", targetId: deleted.id } as const;
  await appendAudit(transaction, [
    { id: randomUUID(), actorKind: "system", action: "workspace.purged", ...target, outcome: "ok" },
  ]);
  return true;
}

/** The workspaces that can no longer be restored. It runs under projo_system. */
export const WORKSPACES_TO_PURGE_SQL = `SELECT id FROM workspaces WHERE deleted_at < now() - interval '${RESTORABLE_DAYS} days' ORDER BY id LIMIT 100`;
