import type { TestDatabase } from "@projostack/db/testing";

export interface Entries {
  readonly workspaceId: string;
  readonly userId: string;
  readonly many: number;
}

/** Appends `many` entries to the audit log of a workspace, with the database function of the log. */
export async function appendEntries(
  { owner }: TestDatabase,
  { workspaceId, userId, many }: Entries,
): Promise<void> {
  await owner(
    `SELECT projo_audit_append(entries) FROM (
       SELECT set_config('app.workspace_id', $1, true),
              (SELECT jsonb_agg(jsonb_build_object(
                        'id', gen_random_uuid(), 'actorKind', 'user', 'actorUserId', $2::uuid, 'action', 'task.deleted',
                        'targetType', 'task', 'targetId', n::text, 'outcome', 'ok',
                        'personal', jsonb_build_object('ip', '192.0.2.1', 'userAgent', 'Mozilla/5.0')))
                 FROM generate_series(1, $3::int) AS n) AS entries
     ) AS made`,
    [workspaceId, userId, many],
  );
}
