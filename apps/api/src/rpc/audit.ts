import { appendAudit, type TenantWrite } from "@projostack/db";

export type AuditAction = "workspace.created" | "project.deleted" | "task.deleted";

export interface AuditTarget {
  readonly type: "workspace" | "project" | "task";
  readonly id: string;
  /** What is worth knowing of it as it was. Never a secret. */
  readonly before?: Readonly<Record<string, string>>;
}

/** Puts a sensitive act on record, in the transaction of the act itself. */
export type Audit = (action: AuditAction, target: AuditTarget) => Promise<void>;

interface Actor {
  readonly workspaceId: string;
  readonly userId: string;
}

export function auditInto(tables: TenantWrite, actor: Actor, newId: () => string): Audit {
  return async (action, { type, id, before }) => {
    await appendAudit(tables, [
      {
        id: newId(),
        actorKind: "user",
        actorUserId: actor.userId,
        action,
        targetType: type,
        targetId: id,
        outcome: "ok",
        meta: before ? { before } : {},
      },
    ]);
  };
}
