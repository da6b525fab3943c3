import { authorize, type Membership } from "@projostack/authz";
import type { Owner } from "./bench-database.ts";

/** A workspace with one project and its admin. */
export interface SeededWorkspace {
  readonly id: string;
  readonly userId: string;
}

/** Creates workspaces of one user, each with a project. */
export async function seedWorkspaces(owner: Owner, many: number): Promise<SeededWorkspace[]> {
  const { rows } = await owner.query<{ id: string; userId: string }>(
    `WITH creator AS (
       INSERT INTO users (id, email, password_hash) SELECT id, id || '@example.com', 'none' FROM uuidv7() AS id RETURNING id
     ), workspace AS (
       INSERT INTO workspaces (id, name, created_by)
       SELECT uuidv7(), 'Workspace ' || n, creator.id FROM creator, generate_series(1, $1::int) AS n RETURNING id, created_by
     ), member AS (
       INSERT INTO workspace_members (id, workspace_id, user_id, role)
       SELECT uuidv7(), id, created_by, 'admin' FROM workspace
     ), project AS (
       INSERT INTO projects (id, workspace_id, name, created_by) SELECT uuidv7(), id, 'Project', created_by FROM workspace
     )
     SELECT id, created_by AS "userId" FROM workspace`,
    [many],
  );
  return rows;
}

const memberOf = ({ id, userId }: SeededWorkspace): Membership => ({
  workspaceId: id,
  userId,
  role: "admin",
});

export const writeGrant = (workspace: SeededWorkspace) => authorize(memberOf(workspace), "task:write");
export const auditGrant = (workspace: SeededWorkspace) => authorize(memberOf(workspace), "audit:read");
