// Appends audit entries in the transaction of the change that they record. The database assigns the number, the time, the
// salts and the hash of an entry, so the server cannot get them wrong.
import { AUDIT_APPEND } from "../../scope/scope.ts";
import type { Statements } from "../../scope/statements.ts";

export type AuditValue = string | number | boolean | null;

export interface AuditEntry {
  /** A UUID. */
  readonly id: string;
  readonly actorKind: "user" | "key" | "system" | "anonymous";
  readonly actorUserId?: string | null;
  readonly actorKeyId?: string | null;
  readonly action: string;
  readonly targetType: string;
  readonly targetId: string;
  readonly outcome: "ok" | "denied" | "failed";
  readonly requestId?: string | null;
  readonly sessionId?: string | null;
  /** Facts about the target. They are never erased, so they contain no secret and no personal data. */
  readonly meta?: {
    readonly before?: Readonly<Record<string, AuditValue>>;
    readonly after?: Readonly<Record<string, AuditValue>>;
  };
  /** Values that can be erased later without breaking the hash chain. */
  readonly personal?: PersonalValues;
}

export interface PersonalValues {
  /** The email address of the target, such as the invited address. */
  readonly email?: string | null;
  readonly ip?: string | null;
  readonly userAgent?: string | null;
}

/**
 * Appends entries to the workspace's log, in one statement. Call it last in a transaction: until the transaction ends, every
 * other transaction that appends to this log waits.
 * @returns the number of the last entry
 */
export async function appendAudit(
  sql: Pick<Statements, "$queryRaw">,
  entries: readonly AuditEntry[],
): Promise<number> {
  const [row] = await sql.$queryRaw<{ seq: bigint }[]>`
    SELECT projo_audit_append(${JSON.stringify(entries)}::jsonb) AS seq`;
  if (!row) throw new Error("projo_audit_append returned no row.");
  return Number(row.seq);
}

/**
 * Appends entries together with the transaction's COMMIT, in one message. Other transactions that append to this log wait
 * only while the database runs the two. If the append fails, the transaction is rolled back.
 */
export function appendAtCommit(sql: Pick<Statements, "runAtCommit">, entries: readonly AuditEntry[]): void {
  // The message takes no parameters. Hexadecimal digits cannot be parsed as SQL, whatever the entries contain.
  const digits = Buffer.from(JSON.stringify(entries)).toString("hex");
  sql.runAtCommit(`${AUDIT_APPEND}convert_from(decode('${digits}', 'hex'), 'UTF8')::jsonb)`);
}
