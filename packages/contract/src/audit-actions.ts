// What goes on record: the closed list of actions. A mutation names the one that it records, or says why none.

/** Acts in a workspace: entries of its audit log. */
export const auditActions = [
  "workspace.created",
  "workspace.renamed",
  "workspace.deleted",
  "workspace.restored",
  "workspace.purged",
  "member.role_changed",
  "member.removed",
  "member.left",
  "invite.created",
  "invite.resent",
  "invite.revoked",
  "invite.accepted",
  "key.created",
  "key.rotated",
  "key.revoked",
  "project.deleted",
  "task.deleted",
  "audit.exported",
  "access.denied",
  "access.denials_omitted",
  "person.erased",
] as const;

export type AuditAction = (typeof auditActions)[number];

/** Acts on an account, which belongs to no workspace: events of the account. */
export const accountActions = [
  "account.created",
  "session.started",
  "session.refused",
  "session.ended",
  "session.revoked",
  "sessions.ended",
  "token.reused",
  "password.changed",
  "password.reset_requested",
  "password.reset",
  "email.verification_sent",
  "email.verified",
  "account.erased",
] as const;

export type AccountAction = (typeof accountActions)[number];

/** What a mutation puts on record, or why there is nothing to. */
export type Records = AuditAction | AccountAction | { readonly nothing: string };
