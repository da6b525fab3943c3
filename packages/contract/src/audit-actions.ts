// The closed list of audit actions. Each mutation declares the action it records, or the reason why it records none.

/** Actions in a workspace, recorded in the workspace's audit log. */
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

/** Actions on an account, recorded as events of the account. They belong to no workspace. */
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

/** The audit action that an operation records, or the reason why it records nothing. */
export type Records = AuditAction | AccountAction | { readonly nothing: string };
