// Reads the audit log for verification and export: each entry with the text that was hashed. The database rebuilds that text
// from the row's columns, so a column that was changed later gives another text, which no longer matches the hash.
import { Prisma } from "../../generated/client.ts";
import { CURRENT_WORKSPACE_SQL } from "../../scope/current-workspace-sql.ts";
import type { Statements } from "../../scope/statements.ts";
import type { AuditRow, ChainPoint, PersonalRecord } from "./verify-chain.ts";

export interface AuditPageRow extends AuditRow {
  readonly seq: number;
}

export interface AuditPageInput {
  /** The number of the last entry of the page before; 0 for the first page. */
  readonly afterSeq: number;
  readonly limit: number;
}

const CURRENT_WORKSPACE = Prisma.raw(CURRENT_WORKSPACE_SQL);

/** The entries after `afterSeq`, in the order of their numbers. */
export async function auditPage(
  sql: Statements,
  { afterSeq, limit }: AuditPageInput,
): Promise<AuditPageRow[]> {
  // The statement names the workspace, and does not rely on row-level security alone.
  const rows = await sql.$queryRaw<
    { seq: bigint; text: string; hash: string; personal: PersonalRecord | null }[]
  >`
    SELECT entry.seq, projo_audit_text(entry) AS text, encode(entry.hash, 'hex') AS hash, entry.personal_json AS personal
      FROM (
        SELECT * FROM audit_logs
         WHERE workspace_id = ${CURRENT_WORKSPACE} AND seq > ${afterSeq}
         ORDER BY seq LIMIT ${limit}
      ) AS entry
     ORDER BY entry.seq`;
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/** The number and hash of the last entry. An empty log has the number 0 and a hash of 32 zero bytes. */
export async function auditEnd(sql: Statements): Promise<ChainPoint> {
  const [row] = await sql.$queryRaw<{ seq: bigint; hash: string }[]>`
    SELECT seq, encode(hash, 'hex') AS hash FROM audit_logs
     WHERE workspace_id = ${CURRENT_WORKSPACE}
     ORDER BY seq DESC LIMIT 1`;
  return row ? { seq: Number(row.seq), hash: row.hash } : { seq: 0, hash: "00".repeat(32) };
}
