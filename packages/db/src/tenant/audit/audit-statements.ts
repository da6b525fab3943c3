import type { Statements } from "../../scope/statements.ts";
import { appendAtCommit, appendAudit, type AuditEntry } from "./append-audit.ts";
import { listAudit, type AuditListInput, type AuditLogRow } from "./list-audit.ts";
import { auditEnd, auditPage, type AuditPageInput, type AuditPageRow } from "./read-audit.ts";
import type { ChainPoint } from "./verify-chain.ts";

/** The log of the transaction's workspace. */
export interface AuditStatements {
  /** The last thing in a transaction: from here to its end, whoever else appends in this workspace waits. */
  append(entries: readonly AuditEntry[]): Promise<number>;
  /** The same, sent together with the COMMIT: nothing waits in between. */
  appendAtCommit(entries: readonly AuditEntry[]): void;
  /** Newest first, as people read it. */
  list(input: AuditListInput): Promise<AuditLogRow[]>;
  /** Oldest first, as it is checked and exported. */
  page(input: AuditPageInput): Promise<AuditPageRow[]>;
  /** Where the chain ends. */
  end(): Promise<ChainPoint>;
}

export const auditStatements = (sql: Statements): AuditStatements => ({
  append: (entries) => appendAudit(sql, entries),
  appendAtCommit: (entries) => appendAtCommit(sql, entries),
  list: (input) => listAudit(sql, input),
  page: (input) => auditPage(sql, input),
  end: () => auditEnd(sql),
});
