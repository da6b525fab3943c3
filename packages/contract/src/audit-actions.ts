// The closed list of audit actions. Each mutation declares the action it records, or the reason why it records none. The cast
// is necessary because Object.keys returns string[].

/** Actions in a workspace, recorded in the workspace's audit log, and what each one means. */
export const auditActionDescriptions = {
  "workspace.created": "A user created the workspace.",
  "workspace.renamed": "An admin renamed the workspace.",
  "workspace.deleted": "An admin deleted the workspace.",
  "workspace.restored": "An admin restored the deleted workspace.",
  "workspace.purged": "The server removed the data of the deleted workspace after 30 days.",
  "workspace.exported": "An export of all data of the workspace was started.",
  "workspace.import_started": "An admin started or continued an import of data from another server.",
  "workspace.imported": "The import of data from another server was completed.",
  "workspace.authors_assigned": "Imported rows of people who have joined were assigned to them.",
  "member.role_changed": "An admin changed the role of a member.",
  "member.removed": "An admin or the operator removed a member.",
  "member.left": "A member left the workspace.",
  "invite.created": "An address was invited.",
  "invite.resent": "An invite was sent again.",
  "invite.revoked": "An invite was revoked.",
  "invite.accepted": "An invited user joined the workspace.",
  "invite.declined": "An invited user declined the invite.",
  "key.created": "A service key was created.",
  "key.rotated": "A service key got a new token.",
  "key.revoked": "A service key was revoked.",
  "project.deleted": "A project and its tasks were deleted.",
  "task.deleted": "A task was deleted.",
  "audit.exported": "A part of the audit log was exported.",
  "access.denied": "A call was rejected because the caller lacks a permission.",
  "access.denials_omitted": "The server counted denied calls of one actor that it did not record one by one.",
  "person.erased": "The operator erased the personal data of a user.",
} as const;

export type AuditAction = keyof typeof auditActionDescriptions;

/** The names of the actions. */
export const auditActions = Object.keys(auditActionDescriptions) as [AuditAction, ...AuditAction[]];

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
