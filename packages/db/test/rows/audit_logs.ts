import { randomUUID } from "node:crypto";
import type { RowFile } from "../kit/plant-workspace.ts";

// The two statements are one message and therefore one transaction, so the setting ends with it.
export const statement: RowFile["statement"] = ({ workspaceId, userId, ids }) =>
  `SET LOCAL app.workspace_id = '${workspaceId}'; SELECT projo_audit_append(jsonb_build_array(jsonb_build_object(
     'id', '${randomUUID()}', 'actorKind', 'user', 'actorUserId', '${userId}', 'action', 'task.created',
     'targetType', 'task', 'targetId', '${ids["tasks"] ?? ""}', 'outcome', 'ok', 'meta', '{}'::jsonb)))`;
