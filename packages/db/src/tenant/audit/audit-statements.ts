import type { Statements } from "../../scope/statements.ts";
import { appendAtCommit, appendAudit, type AuditEntry } from "./append-audit.ts";
import { listAudit, type AuditListInput, type AuditLogRow } from "./list-audit.ts";
import { auditEnd, auditPage, type AuditPageInput, type AuditPageRow } from "./read-audit.ts";
import type { ChainPoint } from "./verify-chain.ts";

/** The audit log of the transaction's workspace. */
export interface AuditStatements {
  /** Appends entries. Call it last in a transaction: other transactions that append to this log wait until it ends. */
  append(entries: readonly AuditEntry[]): Promise<number>;
  /** Appends entries in one message with the COMMIT, without a round trip between them. */
  appendAtCommit(entries: readonly AuditEntry[]): void;
  /** Lists entries with their columns, newest first. */
  list(input: AuditListInput): Promise<AuditLogRow[]>;
  /** Lists entries with their hashed text, oldest first, for verification and export. */
  page(input: AuditPageInput): Promise<AuditPageRow[]>;
  /** The last point of the chain. */
  end(): Promise<ChainPoint>;
}

export const auditStatements = (sql: Statements): AuditStatements => ({
  append: (entries) => appendAudit(sql, entries),
  appendAtCommit: (entries) => appendAtCommit(sql, entries),
  list: (input) => listAudit(sql, input),
  page: (input) => auditPage(sql, input),
  end: () => auditEnd(sql),
});
