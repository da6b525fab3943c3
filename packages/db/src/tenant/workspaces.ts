import type { Statements } from "../scope/statements.ts";

export interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly deletedAt: Date | null;
}

/** For so many days a deleted workspace can be restored. The policy "purged" of the schema says the same. */
export const RESTORABLE_DAYS = 30;

export interface WorkspaceStatements {
  /** Counts on the transaction's turn. */
  rename(name: string): Promise<WorkspaceRow & { readonly nameBefore: string }>;
  /**
   * Locks every member and key out, and waits for the writes that they have begun. Counts on the transaction's turn.
   * @returns null when the name is not the workspace's
   */
  delete(name: string): Promise<WorkspaceRow | null>;
  /** Lets everybody in again. Null when it is too late. */
  restore(): Promise<WorkspaceRow | null>;
}

export const workspaceStatements = (sql: Statements): WorkspaceStatements => ({
  rename: async (name) => {
    const [row] = await sql.$queryRaw<(WorkspaceRow & { nameBefore: string })[]>`
      UPDATE workspaces AS w SET name = ${name}::text FROM workspaces AS before WHERE before.id = w.id
      RETURNING w.id, w.name, w.created_by AS "createdBy", w.created_at AS "createdAt", w.deleted_at AS "deletedAt",
                before.name AS "nameBefore"`;
    if (!row) throw new Error("The workspace is gone while it is held.");
    return row;
  },

  delete: async (name) => {
    const [row] = await sql.$queryRaw<WorkspaceRow[]>`
      WITH deleted AS (
        UPDATE workspaces SET deleted_at = now() WHERE name = ${name}::text AND deleted_at IS NULL RETURNING *
      ), members AS (
        UPDATE workspace_members SET locked_at = now() FROM deleted
      ), held AS (
        -- In one order, as those who note the uses of keys hold them.
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
