// Lists the audit log for people to read: the entries' columns, newest first.
import { Prisma } from "../../generated/client.ts";
import { CURRENT_WORKSPACE_SQL } from "../../scope/current-workspace-sql.ts";
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
  /** Only present if the listing asks for it. The email address of a member, or the name of a service key. */
  readonly actorName?: string | null;
}

export interface AuditListInput {
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
  readonly action?: string | undefined;
  readonly actorUserId?: string | undefined;
  readonly actorKeyId?: string | undefined;
  readonly targetType?: string | undefined;
  readonly targetId?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly withActorName?: boolean | undefined;
}

export async function listAudit(sql: Statements, input: AuditListInput): Promise<AuditLogRow[]> {
  const rows = await sql.$queryRaw<(Omit<AuditLogRow, "seq"> & { seq: bigint })[]>(listStatement(input));
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/** The query contains only the given filters: PostgreSQL uses no index for a condition of the form `$1 IS NULL OR ...`. */
export function listStatement({ limit, withActorName, ...filters }: AuditListInput): Prisma.Sql {
  const page = pageStatement(limit, filters);
  return withActorName ? actorNames(page) : page;
}

type Filters = Omit<AuditListInput, "limit" | "withActorName">;

const pageStatement = (limit: number, filters: Filters): Prisma.Sql => Prisma.sql`
  SELECT id, seq, created_at AS "createdAt", actor_kind AS "actorKind", actor_user_id AS "actorUserId",
         actor_key_id AS "actorKeyId", action, target_type AS "targetType", target_id AS "targetId", outcome,
         request_id AS "requestId", session_id AS "sessionId", meta_json AS meta, personal_json AS personal
    FROM audit_logs
   WHERE ${Prisma.join(conditionsOf(filters), " AND ")}
   ORDER BY seq DESC LIMIT ${limit}::integer`;

/** Looks up the name for the rows of the page only: the plan of the page stays the same. A former member has no name here. */
const actorNames = (page: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT page.*, CASE page."actorKind"
           WHEN 'user' THEN (SELECT u.email FROM workspace_members AS m JOIN users AS u ON u.id = m.user_id
                              WHERE m.${IN_WORKSPACE} AND m.user_id = page."actorUserId")
           WHEN 'key' THEN (SELECT name FROM service_keys WHERE ${IN_WORKSPACE} AND id = page."actorKeyId")
         END AS "actorName"
    FROM (${page}) AS page ORDER BY seq DESC`;

const IN_WORKSPACE = Prisma.raw(`workspace_id = ${CURRENT_WORKSPACE_SQL}`);

function conditionsOf(filters: Filters): Prisma.Sql[] {
  const { beforeSeq, action, actorUserId, actorKeyId, targetType, targetId, from, to } = filters;
  return [
    IN_WORKSPACE,
    ...(beforeSeq === undefined ? [] : [Prisma.sql`seq < ${beforeSeq}::bigint`]),
    ...(action === undefined ? [] : [Prisma.sql`action = ${action}::text`]),
    ...(actorUserId === undefined ? [] : [Prisma.sql`actor_user_id = ${actorUserId}::uuid`]),
    ...(actorKeyId === undefined ? [] : [Prisma.sql`actor_key_id = ${actorKeyId}::uuid`]),
    ...(targetType === undefined ? [] : [Prisma.sql`target_type = ${targetType}::text`]),
    ...(targetId === undefined ? [] : [Prisma.sql`target_id = ${targetId}::text`]),
    ...(from === undefined ? [] : [Prisma.sql`seq >= ${firstSince(from)}`]),
    ...(to === undefined ? [] : [Prisma.sql`seq < ${firstSince(to)}`]),
  ];
}

/**
 * The number of the first entry since a time, or the largest number when there is none. The times of a chain never
 * decrease, so a range of times is a range of numbers, and the list stays in the order of its index. `coalesce` is inside
 * the sub-select, because under row-level security PostgreSQL uses no index for a comparison with `coalesce`.
 */
const firstSince = (time: Date): Prisma.Sql => Prisma.sql`(
  SELECT coalesce((SELECT seq FROM audit_logs WHERE ${IN_WORKSPACE} AND created_at >= ${time}::timestamptz
                    ORDER BY created_at, seq LIMIT 1), 9223372036854775807))`;
