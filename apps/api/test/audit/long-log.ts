// Shared by the tests of the audit log: thousands of entries, changes by the owner of the database, and functions that read a whole
// log.
import type { TestServer } from "../kit/index.ts";
import type { Team } from "../members/team.ts";

/** Appends a number of entries through the function that the server uses. */
export async function plantEntries(
  { database }: TestServer,
  { id, founder }: Team,
  many: number,
): Promise<void> {
  for (let done = 0; done < many; done += 5_000) {
    // The statements are one message and therefore one transaction, so the setting ends with it.
    await database.owner(
      `SET LOCAL app.workspace_id = '${id}';
       SELECT projo_audit_append((
         SELECT jsonb_agg(jsonb_build_object(
                  'id', gen_random_uuid(), 'actorKind', 'user', 'actorUserId', '${founder.id}', 'action', 'task.deleted',
                  'targetType', 'task', 'targetId', n::text, 'outcome', 'ok', 'requestId', 'request-' || n,
                  'meta', jsonb_build_object('before', jsonb_build_object('title', 'Title "' || n || '" \\ é 😀', 'place', n)),
                  'personal', jsonb_build_object('ip', '192.0.2.' || n % 250)))
           FROM generate_series(${done + 1}, ${Math.min(done + 5_000, many)}) AS n))`,
    );
  }
}

/** Runs a statement as the owner of the database, with the triggers disabled. */
export async function tamper({ database }: TestServer, sql: string): Promise<void> {
  await database.owner(
    `ALTER TABLE audit_logs DISABLE TRIGGER USER; ALTER TABLE audit_heads DISABLE TRIGGER USER;
     ${sql};
     ALTER TABLE audit_logs ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER no_delete, ENABLE ALWAYS TRIGGER no_truncate;
     ALTER TABLE audit_heads ENABLE ALWAYS TRIGGER append_only, ENABLE ALWAYS TRIGGER no_delete, ENABLE ALWAYS TRIGGER no_truncate`,
  );
}

/** Recomputes every hash from an entry on, as an owner of the database could do to hide a change. */
export const hashedAnew = ({ id }: Team, from: number): string => `
  DO $$
  DECLARE entry public.audit_logs; last bytea;
  BEGIN
    SELECT hash INTO last FROM audit_logs WHERE workspace_id = '${id}' AND seq = ${from - 1};
    last := coalesce(last, decode(repeat('00', 32), 'hex'));
    FOR entry IN SELECT * FROM audit_logs WHERE workspace_id = '${id}' AND seq >= ${from} ORDER BY seq LOOP
      last := projo_audit_hash(last, entry);
      UPDATE audit_logs SET hash = last WHERE workspace_id = '${id}' AND seq = entry.seq;
    END LOOP;
  END $$`;

export interface Verdict {
  readonly intact: boolean;
  readonly done: boolean;
  readonly checked: number;
  readonly last: { seq: number; hash: string } | null;
  readonly problem: { seq: number; kind: string; message: string } | null;
}

/** Verifies the whole log through the API, part by part. @returns the verdict of each part */
export async function verifyAll(
  { founder, id }: Team,
  { limit = 5_000, checkpoint }: { limit?: number; checkpoint?: unknown } = {},
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (let after: unknown; ;) {
    const { status, data, text } = await founder.call("audit.verify", { after, limit, checkpoint }, id);
    if (status !== 200) throw new Error(text);
    const verdict = data as Verdict;
    verdicts.push(verdict);
    if (verdict.done) return verdicts;
    after = verdict.last;
  }
}

/** Exports the whole log, part by part, with other work between the parts. @returns the file, and its last number */
export async function exportAll(
  { founder, id }: Team,
  format: "ndjson" | "csv",
  {
    limit = 1_000,
    between = () => Promise.resolve(),
  }: { limit?: number; between?: () => Promise<void> } = {},
): Promise<{ file: string; untilSeq: number; parts: number }> {
  const texts: string[] = [];
  for (let afterSeq = 0, untilSeq: number | undefined; ;) {
    const { status, data, text } = await founder.call(
      "audit.export",
      { format, afterSeq, untilSeq, limit },
      id,
    );
    if (status !== 200) throw new Error(text);
    texts.push(String(data.text));
    afterSeq = Number(data.lastSeq);
    untilSeq = Number(data.untilSeq);
    if (data.done === true) return { file: texts.join(""), untilSeq, parts: texts.length };
    await between();
  }
}
