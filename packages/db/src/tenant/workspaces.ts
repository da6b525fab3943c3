import type { Statements } from "../scope/statements.ts";
import { countRows, type WorkspaceCounts } from "./workspace-facts.ts";

export interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly deletedAt: Date | null;
}

/** How long a deleted workspace can be restored. The schema's policy "purged" uses the same number of days. */
export const RESTORABLE_DAYS = 30;

export interface WorkspaceStatements {
  /** Requires a transaction with `lockMembers`. */
  rename(name: string): Promise<WorkspaceRow & { readonly nameBefore: string }>;
  /**
   * Marks the workspace as deleted and denies access to every member and key, after their current writes have ended.
   * Requires a transaction with `lockMembers`.
   * @returns null when `name` is not the name of the workspace; accents may be composed or decomposed
   */
  delete(name: string): Promise<WorkspaceRow | null>;
  /** Gives access to every member and key again. @returns null when the workspace can no longer be restored */
  restore(): Promise<WorkspaceRow | null>;
  /** Counts the rows of the workspace. Each count stops at `most`. */
  count(most: number): Promise<WorkspaceCounts>;
}

export const workspaceStatements = (sql: Statements): WorkspaceStatements => ({
  count: (most) => countRows(sql, most),

  rename: async (name) => {
    const [row] = await sql.$queryRaw<(WorkspaceRow & { nameBefore: string })[]>`
      UPDATE workspaces AS w SET name = ${name}::text FROM workspaces AS before WHERE before.id = w.id
      RETURNING w.id, w.name, w.created_by AS "createdBy", w.created_at AS "createdAt", w.deleted_at AS "deletedAt",
                before.name AS "nameBefore"`;
    if (!row) throw new Error("The workspace disappeared while its row was locked.");
    return row;
  },

  delete: async (name) => {
    const [row] = await sql.$queryRaw<WorkspaceRow[]>`
      WITH deleted AS (
        UPDATE workspaces SET deleted_at = now()
         WHERE normalize(name, NFC) = normalize(${name}::text, NFC) AND deleted_at IS NULL RETURNING *
      ), members AS (
        UPDATE workspace_members SET locked_at = now() FROM deleted
      ), held AS (
        -- The same order as projo_keys_used locks keys in, so that the two cannot deadlock.
        SELECT id FROM service_keys WHERE EXISTS (SELECT FROM deleted) ORDER BY id FOR UPDATE
      ), keys AS (
        UPDATE service_keys SET locked_at = now() FROM held WHERE service_keys.id = held.id
      )
      SELECT id, name, created_by AS "createdBy", created_at AS "createdAt", deleted_at AS "deletedAt" FROM deleted`;
    return row ?? null;
  },

  restore: async () => {
    const [row] = await sql.$queryRaw<WorkspaceRow[]>`
      WITH restored AS (
        UPDATE workspaces SET deleted_at = NULL WHERE deleted_at > now() - make_interval(days => ${RESTORABLE_DAYS}::integer)
        RETURNING *
      ), members AS (
        UPDATE workspace_members SET locked_at = NULL FROM restored
      ), keys AS (
        UPDATE service_keys SET locked_at = NULL FROM restored
      )
      SELECT id, name, created_by AS "createdBy", created_at AS "createdAt", deleted_at AS "deletedAt" FROM restored`;
    return row ?? null;
  },
});
