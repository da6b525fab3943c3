// The log as it is checked and exported: each entry with the very text that was hashed, built anew by the database from
// the row's columns. A column that was changed since gives another text, and so another hash.
import type { Statements } from "../../scope/statements.ts";
import type { AuditRow, ChainPoint, PersonalRecord } from "./verify-chain.ts";

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
  sql: Statements,
  { afterSeq, limit }: AuditPageInput,
): Promise<AuditPageRow[]> {
  // The workspace is named here too, and not left to row-level security alone.
  const rows = await sql.$queryRaw<
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

/** The last entry there is; before the first, number 0 and 32 zero bytes. */
export async function auditEnd(sql: Statements): Promise<ChainPoint> {
  const [row] = await sql.$queryRaw<{ seq: bigint; hash: string }[]>`
    SELECT seq, encode(hash, 'hex') AS hash FROM audit_logs
     WHERE workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid
     ORDER BY seq DESC LIMIT 1`;
  return row ? { seq: Number(row.seq), hash: row.hash } : { seq: 0, hash: "00".repeat(32) };
}
