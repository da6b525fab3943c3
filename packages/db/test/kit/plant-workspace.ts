import { authorize, type Grant, type Permission, type Role } from "@projostack/authz";
import { randomBytes, randomUUID } from "node:crypto";
import type { TestDatabase } from "./test-database.ts";

export interface PlantedWorkspace {
  readonly id: string;
  readonly userId: string;
  readonly memberId: string;
  readonly projectId: string;
  readonly taskId: string;
  readonly inviteId: string;
  readonly keyId: string;
  /** @returns a grant of the first member's role */
  grant<P extends Permission>(permission: P): Grant<P>;
}

/** Inserts a workspace with one member and one row in every tenant table. */
export async function plantWorkspace(
  { owner }: TestDatabase,
  role: Role = "admin",
): Promise<PlantedWorkspace> {
  const [id, userId, memberId, projectId] = newIds();
  const [taskId, inviteId, keyId, mailId] = newIds();
  await owner("INSERT INTO users (id, email, password_hash) VALUES ($1, $2, 'none')", [
    userId,
    `${userId}@example.com`,
  ]);
  await owner("INSERT INTO workspaces (id, name, created_by) VALUES ($1, 'Planted', $2)", [id, userId]);
  await owner("INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES ($1, $2, $3, $4)", [
    memberId,
    id,
    userId,
    role,
  ]);
  await owner(
    `INSERT INTO invites (id, workspace_id, email, role, token_hash, mailed_token_hash, invited_by, expires_at)
     VALUES ($1, $2, 'guest@example.com', 'viewer', $3, $4, $5, now() + interval '1 day')`,
    [inviteId, id, randomBytes(32), randomBytes(32), userId],
  );
  await owner(
    `INSERT INTO mail_outbox (id, template, recipient, about_workspace_id, invite_id)
     VALUES ($1, 'invite', 'guest@example.com', $2, $3)`,
    [mailId, id, inviteId],
  );
  await owner(
    `INSERT INTO service_keys (id, workspace_id, name, role, scopes, secret_kid, secret_mac, created_by, expires_at)
     VALUES ($1, $2, 'Planted', 'viewer', '{task:read}', 1, $3, $4, now() + interval '1 day')`,
    [keyId, id, randomBytes(32), userId],
  );
  await owner("INSERT INTO projects (id, workspace_id, name, created_by) VALUES ($1, $2, 'Planted', $3)", [
    projectId,
    id,
    userId,
  ]);
  await owner(
    `INSERT INTO tasks (id, workspace_id, project_id, title, status, external_id, created_by)
     VALUES ($1, $2, $3, 'Planted', 'todo', 'one', $4)`,
    [taskId, id, projectId, userId],
  );
  // One message is one transaction, so the workspace setting ends with it.
  await owner(
    `SET LOCAL app.workspace_id = '${id}'; SELECT projo_audit_append(jsonb_build_array(jsonb_build_object(
       'id', '${randomUUID()}', 'actorKind', 'user', 'actorUserId', '${userId}', 'action', 'task.created',
       'targetType', 'task', 'targetId', '${taskId}', 'outcome', 'ok', 'meta', '{}'::jsonb)))`,
  );
  return {
    id,
    userId,
    memberId,
    projectId,
    taskId,
    inviteId,
    keyId,
    grant: (permission) => authorize({ workspaceId: id, userId, role }, permission),
  };
}

const newIds = () => [randomUUID(), randomUUID(), randomUUID(), randomUUID()] as const;
