// The log as people read it: by its columns, newest first.
import type { Statements } from "../tenant/statements.ts";
import type { AuditEntry } from "./append-audit.ts";
import type { PersonalRecord } from "./verify-chain.ts";

export interface AuditLogRow {
  readonly id: string;
  readonly seq: number;
  readonly createdAt: Date;
  readonly actorKind: AuditEntry["actorKind"];
  readonly actorUserId: string | null;
  readonly actorKeyId: string | null;
  readonly action: string;
  readonly targetType: string;
  readonly targetId: string;
  readonly outcome: AuditEntry["outcome"];
  readonly requestId: string | null;
  readonly sessionId: string | null;
  readonly meta: NonNullable<AuditEntry["meta"]>;
  readonly personal: PersonalRecord | null;
}

export interface AuditListInput {
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
  readonly action?: string | undefined;
  readonly actorUserId?: string | undefined;
  readonly targetType?: string | undefined;
  readonly targetId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

export async function listAudit(sql: Statements, input: AuditListInput): Promise<AuditLogRow[]> {
  const { beforeSeq = null, limit, action = null, actorUserId = null, from = null, to = null } = input;
  const { targetType = null, targetId = null } = input;
  const rows = await sql.$queryRaw<(Omit<AuditLogRow, "seq"> & { seq: bigint })[]>`
    SELECT id, seq, created_at AS "createdAt", actor_kind AS "actorKind", actor_user_id AS "actorUserId",
           actor_key_id AS "actorKeyId", action, target_type AS "targetType", target_id AS "targetId", outcome,
           request_id AS "requestId", session_id AS "sessionId", meta_json AS meta, personal_json AS personal
      FROM audit_logs
     WHERE workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
       AND (${beforeSeq}::bigint IS NULL OR seq < ${beforeSeq}::bigint)
       AND (${action}::text IS NULL OR action = ${action}::text)
       AND (${actorUserId}::uuid IS NULL OR actor_user_id = ${actorUserId}::uuid)
       AND (${targetType}::text IS NULL OR target_type = ${targetType}::text)
       AND (${targetId}::text IS NULL OR target_id = ${targetId}::text)
       AND (${from}::timestamptz IS NULL OR created_at >= ${from}::timestamptz)
       AND (${to}::timestamptz IS NULL OR created_at < ${to}::timestamptz)
     ORDER BY seq DESC LIMIT ${limit}::integer`;
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}
