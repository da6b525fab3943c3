import { randomUUID } from "node:crypto";
import { appendAudit } from "./audit/append-audit.ts";
import type { Statements } from "../scope/statements.ts";

/** So many rows go at once, well within the time a statement may take. */
const BATCH = 5_000;

/** Purges a workspace in parts, each in a transaction of its own. @returns whether it was to be purged, and is */
export async function purge(
  inTransaction: (part: (transaction: Statements) => Promise<boolean>) => Promise<boolean>,
): Promise<boolean> {
  while (await inTransaction(purgeTasks));
  return inTransaction(purgeWorkspace);
}

/** Some of the tasks of a workspace that is to be purged. @returns whether there may be more */
async function purgeTasks(transaction: Statements): Promise<boolean> {
  // Held, so that a restoration that began in the last moment is waited for, and then seen.
  const gone = await transaction.$executeRaw`
    WITH over AS (
      SELECT FROM workspaces WHERE deleted_at < now() - interval '30 days' FOR UPDATE
    )
    DELETE FROM tasks WHERE id IN (SELECT id FROM tasks LIMIT ${BATCH}::integer) AND EXISTS (SELECT FROM over)`;
  return gone === BATCH;
}

/** The workspace and all that is left of it, but for its audit log, which ends by saying so. @returns whether it was to be purged, and is */
async function purgeWorkspace(transaction: Statements): Promise<boolean> {
  const [gone] = await transaction.$queryRaw<{ id: string }[]>`
    DELETE FROM workspaces WHERE deleted_at < now() - interval '30 days' RETURNING id`;
  if (!gone) return false;
  const target = { targetType: "workspace", targetId: gone.id } as const;
  await appendAudit(transaction, [
    { id: randomUUID(), actorKind: "system", action: "workspace.purged", ...target, outcome: "ok" },
  ]);
  return true;
}

/** Those whose time is over, as projo_system sees them. */
export const WORKSPACES_TO_PURGE_SQL =
  "SELECT id FROM workspaces WHERE deleted_at < now() - interval '30 days' ORDER BY id LIMIT 100";
