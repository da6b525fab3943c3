import type { Membership } from "@projostack/authz";
import type { TenantWrite } from "@projostack/db";

/** The sensitive acts in a workspace. */
export type AuditAction =
  | "workspace.created"
  | "workspace.renamed"
  | "workspace.deleted"
  | "workspace.restored"
  | "member.role_changed"
  | "member.removed"
  | "member.left"
  | "invite.created"
  | "invite.resent"
  | "invite.revoked"
  | "invite.accepted"
  | "key.created"
  | "key.rotated"
  | "key.revoked"
  | "project.deleted"
  | "task.deleted";

export interface AuditTarget {
  readonly type: "workspace" | "member" | "invite" | "key" | "project" | "task";
  readonly id: string;
  /** What is worth knowing of it as it was, and as it is now. Never a secret. */
  readonly before?: AuditValues;
  readonly after?: AuditValues;
}

export type AuditValues = Readonly<Record<string, string | number | boolean | null>>;

/** Puts a sensitive act on record, in the transaction of the act itself. */
export type Audit = (action: AuditAction, target: AuditTarget) => Promise<void>;

type Actor = Pick<Membership, "workspaceId" | "userId" | "key">;

export function auditInto(tables: TenantWrite, actor: Actor, newId: () => string): Audit {
  return async (action, { type, id, before, after }) => {
    await tables.auditLog.create({
      data: {
        id: newId(),
        workspaceId: actor.workspaceId,
        // A key is no person, whoever made it.
        actorUserId: actor.key ? null : actor.userId,
        action,
        targetType: type,
        targetId: id,
        metaJson: {
          ...(before && { before }),
          ...(after && { after }),
          ...(actor.key && { actorKeyId: actor.key.id }),
        },
      },
    });
  };
}
