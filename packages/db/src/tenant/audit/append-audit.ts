// How an act is put on record: by the database, in the transaction of the act itself. The number, the time, the salts
// and the hash are the database's too, so nothing here can be wrong about them.
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
  /** What is worth knowing of the target. It stays for ever: no secret, and nothing personal. */
  readonly meta?: {
    readonly before?: Readonly<Record<string, AuditValue>>;
    readonly after?: Readonly<Record<string, AuditValue>>;
  };
  /** What can be erased later, without a break in the chain. */
  readonly personal?: PersonalValues;
}

export interface PersonalValues {
  /** Of the target, such as the address that was invited. */
  readonly email?: string | null;
  readonly ip?: string | null;
  readonly userAgent?: string | null;
}

/**
 * Appends entries to the workspace's log, in one statement. The last one of a transaction: from here to its end, every
 * other write that is put on record in this workspace waits.
 * @returns the number of the last entry
 */
export async function appendAudit(
  sql: Pick<Statements, "$queryRaw">,
  entries: readonly AuditEntry[],
): Promise<number> {
  const [row] = await sql.$queryRaw<{ seq: bigint }[]>`
    SELECT projo_audit_append(${JSON.stringify(entries)}::jsonb) AS seq`;
  if (!row) throw new Error("The log did not answer.");
  return Number(row.seq);
}

/**
 * The same, sent together with the transaction's COMMIT: whoever else appends waits no longer than the database takes for
 * the two. If it fails, nothing of the transaction is kept.
 */
export function appendAtCommit(sql: Pick<Statements, "runAtCommit">, entries: readonly AuditEntry[]): void {
  // The message takes no parameters. In hexadecimal digits nothing can be taken for SQL, whatever the entries say.
  const digits = Buffer.from(JSON.stringify(entries)).toString("hex");
  sql.runAtCommit(`SELECT projo_audit_append(convert_from(decode('${digits}', 'hex'), 'UTF8')::jsonb)`);
}
