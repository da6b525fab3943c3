import type { Workspace } from "../generated/client.ts";
import type { Statements } from "../scope/statements.ts";

export interface NewWorkspace {
  readonly id: string;
  readonly name: string;
  readonly founderId: string;
  readonly memberId: string;
}

/** Inserts the workspace and its first member in one statement. Prisma would send two and wait for each. */
export async function insertWorkspace(
  tables: Statements,
  { id, name, founderId, memberId }: NewWorkspace,
): Promise<Workspace> {
  const [workspace] = await tables.$queryRaw<Workspace[]>`
    WITH made AS (
      INSERT INTO workspaces (id, name, created_by) VALUES (${id}::uuid, ${name}, ${founderId}::uuid) RETURNING *
    ), joined AS (
      INSERT INTO workspace_members (id, workspace_id, user_id, role)
      VALUES (${memberId}::uuid, ${id}::uuid, ${founderId}::uuid, 'admin')
    )
    SELECT id, name, created_by AS "createdBy", created_at AS "createdAt", deleted_at AS "deletedAt" FROM made`;
  if (!workspace) throw new Error("The workspace was not created.");
  return workspace;
}
