import type { AuditLogRow } from "@projostack/db";

/** Converts a row to an entry of the API. */
export const toEntry = ({ id, seq, createdAt, action, outcome, ...row }: AuditLogRow) => ({
  id,
  seq,
  createdAt: createdAt.toISOString(),
  action,
  outcome,
  actor: { kind: row.actorKind, userId: row.actorUserId, keyId: row.actorKeyId },
  target: { type: row.targetType, id: row.targetId },
  before: row.meta.before ?? null,
  after: row.meta.after ?? null,
  requestId: row.requestId,
  sessionId: row.sessionId,
  email: row.personal?.["email"]?.value ?? null,
  ip: row.personal?.["ip"]?.value ?? null,
  userAgent: row.personal?.["userAgent"]?.value ?? null,
});
