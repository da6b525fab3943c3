import type { Owner } from "../database/bench-database.ts";
import type { SeededWorkspace } from "../database/seed-workspaces.ts";

export interface SeedLogOptions {
  readonly workspace: SeededWorkspace;
  readonly entries: number;
  readonly progress: (line: string) => void;
}

const STEP = 10_000;

/** Appends entries with the database's append function. Each has the size of an entry from a browser. */
export async function seedLog(owner: Owner, { workspace, entries, progress }: SeedLogOptions): Promise<void> {
  await owner.query("SELECT set_config('app.workspace_id', $1, false)", [workspace.id]);
  for (let done = 0; done < entries; done += STEP) {
    if (done % 100_000 === 0) progress(`appending entries, ${done} of ${entries}`);
    await owner.query(
      `SELECT projo_audit_append((
         SELECT jsonb_agg(jsonb_build_object(
                  'id', uuidv7(), 'actorKind', 'user', 'actorUserId', $1::uuid, 'action', 'task.deleted',
                  'targetType', 'task', 'targetId', uuidv7(), 'outcome', 'ok', 'requestId', uuidv7(), 'sessionId', $1::uuid,
                  'meta', jsonb_build_object('before', jsonb_build_object('title', 'Write note ' || n)),
                  'personal', jsonb_build_object('ip', '192.0.2.' || n % 250, 'userAgent',
                    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0')))
           FROM generate_series($2::int + 1, $3::int) AS n))`,
      [workspace.userId, done, Math.min(done + STEP, entries)],
    );
  }
}
