// An audit log without the hash chain, for comparison: a table with the same columns and indexes. Its entries have no number,
// no hash and no salts, and take no lock. The tenant's role inserts them, under the policy of every tenant table. The search
// path of a separate login selects this log, so that the client is the same and only the chain differs.
import type { Owner } from "../database/bench-database.ts";

export const PLAIN_LOGIN = "projo_plain";

export async function makePlainLog(owner: Owner): Promise<void> {
  await owner.query(`
    CREATE SCHEMA plain;
    GRANT USAGE ON SCHEMA plain TO projo_tenant;
    CREATE TABLE plain.audit_logs (LIKE public.audit_logs INCLUDING ALL);
    ALTER TABLE plain.audit_logs
      ALTER COLUMN seq DROP NOT NULL, ALTER COLUMN hash DROP NOT NULL, ALTER COLUMN created_at SET DEFAULT now();
    ALTER TABLE plain.audit_logs ENABLE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON plain.audit_logs TO projo_tenant
      USING (workspace_id = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid))
      WITH CHECK (workspace_id = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid));
    GRANT SELECT, INSERT ON plain.audit_logs TO projo_tenant;
    CREATE FUNCTION plain.projo_audit_append(a_entries JSONB) RETURNS BIGINT LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO plain.audit_logs (id, workspace_id, actor_user_id, action, target_type, target_id, meta_json, actor_kind,
                                    actor_key_id, outcome, request_id, session_id, personal_json, commitments_json)
      SELECT one."id", nullif(current_setting('app.workspace_id', true), '')::uuid, one."actorUserId", one."action",
             one."targetType", one."targetId", coalesce(one."meta", '{}'), one."actorKind", one."actorKeyId", one."outcome",
             one."requestId", one."sessionId", one."personal", '{}'
        FROM jsonb_to_recordset(a_entries) AS one (
          "id" UUID, "actorKind" TEXT, "actorUserId" UUID, "actorKeyId" UUID, "action" TEXT, "targetType" TEXT,
          "targetId" TEXT, "outcome" TEXT, "requestId" TEXT, "sessionId" UUID, "meta" JSONB, "personal" JSONB);
      RETURN 0;
    END
    $$;
    CREATE ROLE ${PLAIN_LOGIN} LOGIN NOINHERIT;
    ALTER ROLE ${PLAIN_LOGIN} SET search_path = plain, public;`);
}
