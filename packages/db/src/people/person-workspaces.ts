import type { Role } from "@projostack/authz";
import type { Prisma } from "../generated/client.ts";
import type { ListPage } from "../scope/statements.ts";
import { RESTORABLE_DAYS, type WorkspaceRow } from "../tenant/workspaces.ts";

/** A workspace that a person belongs to, and what they are there. */
export interface PersonWorkspace extends WorkspaceRow {
  readonly role: Role;
}

export interface PersonWorkspaces {
  /** One that is not deleted, or null where the person is no member of it. */
  find(workspaceId: string): Promise<PersonWorkspace | null>;
  /** Newest first. */
  list(page: ListPage): Promise<PersonWorkspace[]>;
  /** Instead those that were deleted, and that a member of one of the roles may still restore. */
  listDeleted(page: ListPage & { readonly restoringRoles: readonly Role[] }): Promise<PersonWorkspace[]>;
}

/**
 * Each in one statement: Prisma asks for memberships and their workspaces in turn, waits for both, and takes a membership
 * that ends in between for a broken database.
 */
export const personWorkspaces = (sql: Pick<Prisma.TransactionClient, "$queryRaw">): PersonWorkspaces => ({
  find: async (workspaceId) => {
    const [workspace] = await sql.$queryRaw<PersonWorkspace[]>`
      SELECT w.id, w.name, w.created_by AS "createdBy", w.created_at AS "createdAt", w.deleted_at AS "deletedAt", m.role
        FROM workspace_members AS m JOIN workspaces AS w ON w.id = m.workspace_id
       WHERE m.user_id = nullif(current_setting('app.user_id', true), '')::uuid
         AND m.workspace_id = ${workspaceId}::uuid AND m.locked_at IS NULL`;
    return workspace ?? null;
  },

  list: ({ after = null, limit }) => sql.$queryRaw<PersonWorkspace[]>`
    SELECT w.id, w.name, w.created_by AS "createdBy", w.created_at AS "createdAt", w.deleted_at AS "deletedAt", m.role
      FROM workspace_members AS m JOIN workspaces AS w ON w.id = m.workspace_id
     WHERE m.locked_at IS NULL AND (${after}::uuid IS NULL OR m.workspace_id < ${after}::uuid)
     ORDER BY m.workspace_id DESC LIMIT ${limit}`,

  listDeleted: ({ after = null, limit, restoringRoles }) => sql.$queryRaw<PersonWorkspace[]>`
    SELECT w.id, w.name, w.created_by AS "createdBy", w.created_at AS "createdAt", w.deleted_at AS "deletedAt", m.role
      FROM workspace_members AS m JOIN workspaces AS w ON w.id = m.workspace_id
     WHERE m.role = ANY (${[...restoringRoles]}::text[])
       AND w.deleted_at > now() - make_interval(days => ${RESTORABLE_DAYS}::integer)
       AND (${after}::uuid IS NULL OR m.workspace_id < ${after}::uuid)
     ORDER BY m.workspace_id DESC LIMIT ${limit}`,
});
