import { randomUUID } from "node:crypto";
import { appendAudit } from "./audit/append-audit.ts";
import { Prisma } from "../generated/client.ts";
import { CURRENT_WORKSPACE_SQL } from "../scope/current-workspace-sql.ts";
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
  if (!(await lockPurgeable(transaction))) return false;
  const deleted = await transaction.$executeRaw`
    DELETE FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE}
       AND id IN (SELECT id FROM tasks WHERE workspace_id = ${CURRENT_WORKSPACE} ORDER BY id LIMIT ${BATCH}::integer)`;
  return deleted === BATCH;
}

/**
 * Deletes the workspace and its remaining rows, except the audit log, and appends `workspace.purged` to that log.
 * @returns false when the workspace can still be restored
 */
async function purgeWorkspace(transaction: Statements): Promise<boolean> {
  if (!(await lockPurgeable(transaction))) return false;
  await transaction.$executeRaw`DELETE FROM idempotency_keys WHERE workspace_id = ${CURRENT_WORKSPACE}`;
  const [deleted] = await transaction.$queryRaw<{ id: string }[]>`
    DELETE FROM workspaces WHERE deleted_at < now() - make_interval(days => ${RESTORABLE_DAYS}::integer) RETURNING id`;
  if (!deleted) return false;
  const target = { targetType: "workspace", targetId: deleted.id } as const;
  await appendAudit(transaction, [
    { id: randomUUID(), actorKind: "system", action: "workspace.purged", ...target, outcome: "ok" },
  ]);
  return true;
}

/** Waits for a concurrent restore. @returns whether the workspace can no longer be restored */
async function lockPurgeable(transaction: Statements): Promise<boolean> {
  const locked = await transaction.$queryRaw<object[]>`
    SELECT id FROM workspaces WHERE deleted_at < now() - make_interval(days => ${RESTORABLE_DAYS}::integer) FOR UPDATE`;
  return locked.length === 1;
}

const CURRENT_WORKSPACE = Prisma.raw(CURRENT_WORKSPACE_SQL);

/** The workspaces that can no longer be restored. It runs under projo_system. */
export const WORKSPACES_TO_PURGE_SQL = `SELECT id FROM workspaces WHERE deleted_at < now() - interval '${RESTORABLE_DAYS} days' ORDER BY id LIMIT 100`;
