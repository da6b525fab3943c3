import type { TestServer } from "../kit/index.ts";

/** Every row of a workspace, read as the owner. When a key was last used is left out: a timer of the server writes it. */
export const rowsOf = ({ database }: TestServer, workspaceId: string): Promise<object[]> =>
  database.owner(
    `SELECT t::text FROM tasks t WHERE workspace_id = $1 UNION ALL SELECT p::text FROM projects p WHERE workspace_id = $1
      UNION ALL SELECT a::text FROM audit_logs a WHERE workspace_id = $1
      UNION ALL SELECT m::text FROM workspace_members m WHERE workspace_id = $1
      UNION ALL SELECT i::text FROM invites i WHERE workspace_id = $1
      UNION ALL SELECT (to_jsonb(k) - 'last_used_at')::text FROM service_keys k WHERE workspace_id = $1
      UNION ALL SELECT w::text FROM workspaces w WHERE id = $1 ORDER BY 1`,
    [workspaceId],
  );
