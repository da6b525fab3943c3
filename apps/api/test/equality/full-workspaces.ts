// Workspaces whose quota is used up, and a call that exceeds it.
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { hashOfInviteToken } from "../../src/identity/tokens/invite-tokens.ts";
import { again, plantWorkspace, type TestServer } from "../kit/index.ts";
import type { CallerSet } from "./caller-set.ts";
import type { Sent } from "./exchange.ts";
import { requestOf } from "./requests.ts";

/** Small quotas, for the environment of both servers. */
export const smallQuotas = {
  PROJO_QUOTA_PROJECTS: "500",
  PROJO_QUOTA_TASKS: "5000",
  PROJO_QUOTA_MEMBERS: "300",
};

interface Stage {
  readonly both: TestServer;
  readonly callerSet: CallerSet;
}

export async function oneProjectTooMany({ both, callerSet: { admin } }: Stage): Promise<Sent> {
  const workspaceId = await plantWorkspace(both, admin);
  await both.database.owner(
    `INSERT INTO projects (id, workspace_id, name, created_by)
     SELECT gen_random_uuid(), $1, 'Full', $2 FROM generate_series(1, 500)`,
    [workspaceId, admin.id],
  );
  const { token } = await again(both, admin);
  return requestOf("mutation", "projects.create", { name: "Looms" }, { token, workspaceId });
}

export async function oneTaskTooMany({ both, callerSet: { admin } }: Stage): Promise<Sent> {
  const workspaceId = await plantWorkspace(both, admin);
  const projectId = systemRandomness.newId();
  await both.database.owner(
    `WITH project AS (
       INSERT INTO projects (id, workspace_id, name, created_by) VALUES ($2, $1, 'Full', $3) RETURNING id
     )
     INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
     SELECT gen_random_uuid(), $1, project.id, 'Note', 'todo', $3 FROM project, generate_series(1, 5000)`,
    [workspaceId, projectId, admin.id],
  );
  const { token } = await again(both, admin);
  return requestOf("mutation", "tasks.create", { projectId, title: "Note" }, { token, workspaceId });
}

export async function oneMemberTooMany({ both, callerSet: { admin, stranger } }: Stage): Promise<Sent> {
  const workspaceId = await plantWorkspace(both, admin);
  const inviteToken = `pji_${Buffer.alloc(32, 7).toString("base64url")}`;
  await both.database.owner(
    `WITH people AS (
       INSERT INTO users (id, email, password_hash)
       SELECT gen_random_uuid(), 'crowd-' || n || '@example.com', 'none' FROM generate_series(2, 300) AS n RETURNING id
     ), members AS (
       INSERT INTO workspace_members (id, workspace_id, user_id, role) SELECT id, $1, id, 'viewer' FROM people
     ), verified AS (
       UPDATE users SET email_verified_at = now() WHERE id = $2
     )
     INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
     VALUES (gen_random_uuid(), $1, $3, 'viewer', $4, sha256($4), $5, now() + interval '1 day')`,
    [workspaceId, stranger.id, stranger.email, hashOfInviteToken(inviteToken), admin.id],
  );
  const { token } = await again(both, stranger);
  return requestOf("mutation", "invites.accept", { token: inviteToken }, { token });
}
