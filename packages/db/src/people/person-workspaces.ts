import type { Role } from "@projostack/authz";
import { Prisma } from "../generated/client.ts";
import type { ListPage } from "../scope/statements.ts";
import { RESTORABLE_DAYS, type WorkspaceRow } from "../tenant/workspaces.ts";

/** A workspace of a user, and the user's role in it. */
export interface PersonWorkspace extends WorkspaceRow {
  readonly role: Role;
}

export interface PersonWorkspaces {
  /** @returns null when the workspace is deleted or the user is not a member of it */
  find(workspaceId: string): Promise<PersonWorkspace | null>;
  /** Lists the user's workspaces, newest first. */
  list(page: ListPage): Promise<PersonWorkspace[]>;
  /** Lists the deleted workspaces that the user can still restore with one of the roles, newest first. */
  listDeleted(page: ListPage & { readonly restoringRoles: readonly Role[] }): Promise<PersonWorkspace[]>;
}

/**
 * Each method is one statement. Prisma would query the memberships and then their workspaces, and would fail when a
 * membership ends in between.
 */
export const personWorkspaces = (sql: Pick<Prisma.TransactionClient, "$queryRaw">): PersonWorkspaces => ({
  find: async (workspaceId) => {
    const [workspace] = await sql.$queryRaw<PersonWorkspace[]>`
      ${SELECT} WHERE m.user_id = nullif(current_setting('app.user_id', true), '')::uuid
         AND m.workspace_id = ${workspaceId}::uuid AND m.locked_at IS NULL`;
    return workspace ?? null;
  },

  list: ({ after = null, limit }) => sql.$queryRaw<PersonWorkspace[]>`
    ${SELECT} WHERE m.locked_at IS NULL AND (${after}::uuid IS NULL OR m.workspace_id < ${after}::uuid)
     ORDER BY m.workspace_id DESC LIMIT ${limit}`,

  listDeleted: ({ after = null, limit, restoringRoles }) => sql.$queryRaw<PersonWorkspace[]>`
    ${SELECT} WHERE m.role = ANY (${[...restoringRoles]}::text[])
       AND w.deleted_at > now() - make_interval(days => ${RESTORABLE_DAYS}::integer)
       AND (${after}::uuid IS NULL OR m.workspace_id < ${after}::uuid)
     ORDER BY m.workspace_id DESC LIMIT ${limit}`,
});

const SELECT = Prisma.sql`
  SELECT w.id, w.name, w.created_by AS "createdBy", w.created_at AS "createdAt", w.deleted_at AS "deletedAt", m.role
    FROM workspace_members AS m JOIN workspaces AS w ON w.id = m.workspace_id`;
