// The log as it is checked and exported: each entry with the very text that was hashed, built anew by the database from
// the row's columns. A column that was changed since gives another text, and so another hash.
//
// The cast: a transaction takes SQL, which its type hides from features.
import type { Grant } from "@projostack/authz";
import type { Db } from "../client/db.ts";
import type { Statements } from "../tenant/statements.ts";
import type { TenantRead } from "../client/tenant-models.ts";
import type { AuditRow, PersonalRecord } from "./verify-chain.ts";

export interface AuditPageRow extends AuditRow {
  readonly seq: number;
}

export interface AuditPageInput {
  /** 0 to begin with the first entry. */
  readonly afterSeq: number;
  readonly limit: number;
}

/** The next entries by number. */
export async function auditPage(
  tables: TenantRead,
  { afterSeq, limit }: AuditPageInput,
): Promise<AuditPageRow[]> {
  // The workspace is named here too, and not left to row-level security alone.
  const rows = await (tables as unknown as Statements).$queryRaw<
    { seq: bigint; text: string; hash: string; personal: PersonalRecord | null }[]
  >`
    SELECT entry.seq, projo_audit_text(entry) AS text, encode(entry.hash, 'hex') AS hash, entry.personal_json AS personal
      FROM (
        SELECT * FROM audit_logs
         WHERE workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid AND seq > ${afterSeq}
         ORDER BY seq LIMIT ${limit}
      ) AS entry
     ORDER BY entry.seq`;
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/**
 * Every entry after a number, page by page, each page in a transaction of its own: a log of any size holds no
 * connection for long, and is never in memory whole.
 */
export async function* auditRows(
  db: Pick<Db, "read">,
  grant: Grant<"audit:read">,
  { afterSeq, limit }: AuditPageInput = { afterSeq: 0, limit: 1_000 },
): AsyncGenerator<AuditPageRow> {
  for (let after = afterSeq; ;) {
    const page = await db.read(grant, (tables) => auditPage(tables, { afterSeq: after, limit }));
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < limit) return;
    after = last.seq;
  }
}
