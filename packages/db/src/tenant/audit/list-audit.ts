// The log as people read it: by its columns, newest first.
import { Prisma } from "../../generated/client.ts";
import type { Statements } from "../../scope/statements.ts";
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
  const rows = await sql.$queryRaw<(Omit<AuditLogRow, "seq"> & { seq: bigint })[]>(listStatement(input));
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/** Only the filters that are given are in it: beside one that may be NULL no index would serve. */
export const listStatement = ({ limit, ...filters }: AuditListInput): Prisma.Sql => Prisma.sql`
  SELECT id, seq, created_at AS "createdAt", actor_kind AS "actorKind", actor_user_id AS "actorUserId",
         actor_key_id AS "actorKeyId", action, target_type AS "targetType", target_id AS "targetId", outcome,
         request_id AS "requestId", session_id AS "sessionId", meta_json AS meta, personal_json AS personal
    FROM audit_logs
   WHERE ${Prisma.join(conditionsOf(filters), " AND ")}
   ORDER BY seq DESC LIMIT ${limit}::integer`;

const HERE = Prisma.sql`workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid`;

function conditionsOf(filters: Omit<AuditListInput, "limit">): Prisma.Sql[] {
  const { beforeSeq, action, actorUserId, targetType, targetId, from, to } = filters;
  return [
    HERE,
    ...(beforeSeq === undefined ? [] : [Prisma.sql`seq < ${beforeSeq}::bigint`]),
    ...(action === undefined ? [] : [Prisma.sql`action = ${action}::text`]),
    ...(actorUserId === undefined ? [] : [Prisma.sql`actor_user_id = ${actorUserId}::uuid`]),
    ...(targetType === undefined ? [] : [Prisma.sql`target_type = ${targetType}::text`]),
    ...(targetId === undefined ? [] : [Prisma.sql`target_id = ${targetId}::text`]),
    ...(from === undefined ? [] : [Prisma.sql`seq >= ${firstSince(from)}`]),
    ...(to === undefined ? [] : [Prisma.sql`seq < ${firstSince(to)}`]),
  ];
}

/**
 * The times of a chain never go back, so a time is a number too, and the list is in the order of numbers. Where nothing
 * is that young yet, the number is beyond all. That is said within: row-level security lets no index serve a comparison
 * with `coalesce`.
 */
const firstSince = (time: Date): Prisma.Sql => Prisma.sql`(
  SELECT coalesce((SELECT seq FROM audit_logs WHERE ${HERE} AND created_at >= ${time}::timestamptz
                    ORDER BY created_at, seq LIMIT 1), 9223372036854775807))`;
