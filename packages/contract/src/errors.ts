// The closed list of reasons a call can fail for. A program switches on `reason`; the message is for people.
// 401: we do not know you. 403: we know you, you may see it, you may not do it. What is missing and what is
// another workspace's are one and the same 404.

export type ErrorCode =
  | "BAD_REQUEST"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "METHOD_NOT_SUPPORTED"
  | "CONFLICT"
  | "PAYLOAD_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "TOO_MANY_REQUESTS"
  | "SERVICE_UNAVAILABLE"
  | "INTERNAL_SERVER_ERROR";

export const reasons = {
  "input.malformed": ["BAD_REQUEST", "The request is not well-formed JSON."],
  "input.invalid": ["BAD_REQUEST", "Some fields are not right: see fieldErrors."],
  "input.too_large": ["PAYLOAD_TOO_LARGE", "The request is larger than 100 KB. Send it in smaller parts."],
  "input.media_type": [
    "UNSUPPORTED_MEDIA_TYPE",
    "Send the body as JSON, with content-type: application/json.",
  ],
  "cursor.invalid": ["BAD_REQUEST", "This cursor belongs to another list. Start again without a cursor."],
  "checkpoint.invalid": [
    "BAD_REQUEST",
    "This checkpoint is not one that this server signed for this workspace. Give it as it was handed out.",
  ],
  "batch.not_allowed": [
    "BAD_REQUEST",
    "One of these operations takes too long for a batch. Call it in a request of its own.",
  ],
  "operation.not_found": ["NOT_FOUND", "There is no such operation."],
  "operation.wrong_method": ["METHOD_NOT_SUPPORTED", "Queries are sent with GET, mutations with POST."],
  "auth.unauthenticated": ["UNAUTHORIZED", "Sign in first: the token is missing, wrong or expired."],
  "auth.invalid_credentials": ["UNAUTHORIZED", "The email or the password is wrong."],
  "auth.email_taken": ["CONFLICT", "An account with this email exists already. Sign in instead."],
  "auth.token_reused": [
    "UNAUTHORIZED",
    "This session was ended, since an old token of it was used again. Sign in anew; if it was not you, change your password.",
  ],
  "auth.email_unverified": [
    "FORBIDDEN",
    "Verify your email address first: use the link that was mailed to you, or ask for a new one with email.resendVerification.",
  ],
  "auth.person_required": ["FORBIDDEN", "This is for people: a service key cannot do it."],
  "token.invalid": ["UNAUTHORIZED", "This link is wrong, used or expired. Ask for a new one."],
  "password.incorrect": ["FORBIDDEN", "The current password is wrong."],
  "session.not_found": ["NOT_FOUND", "There is no such session of yours."],
  "limit.exceeded": [
    "TOO_MANY_REQUESTS",
    "Too many calls, or too costly ones. Wait as long as retryAfter says.",
  ],
  "workspace.required": [
    "BAD_REQUEST",
    "Choose a workspace: send x-workspace-id, or call workspaces.switch.",
  ],
  "workspace.not_found": ["NOT_FOUND", "There is no such workspace, or you are not a member of it."],
  "permission.denied": ["FORBIDDEN", "Your role in this workspace does not allow this."],
  "member.not_found": ["NOT_FOUND", "There is no such member of this workspace."],
  "member.last_admin": [
    "CONFLICT",
    "A workspace keeps at least one admin. Make another member an admin first, or delete the workspace.",
  ],
  "member.too_many": [
    "CONFLICT",
    "This workspace has as many members as it may have. Ask an admin to remove some, or the operator to raise the quota.",
  ],
  "invite.not_found": ["NOT_FOUND", "There is no such pending invite in this workspace."],
  "invite.exists": ["CONFLICT", "This address is invited already. Resend that invite, or revoke it first."],
  "invite.already_member": [
    "CONFLICT",
    "Whoever has this address is a member already. Change their role instead.",
  ],
  "invite.too_many": ["CONFLICT", "Too many invites are pending in this workspace. Revoke some first."],
  "invite.invalid": [
    "NOT_FOUND",
    "This invite does not work for you: it is wrong, used, revoked or expired, or it is for another address. Sign in with the address that was invited, use the link in the mail, or ask for a new invite.",
  ],
  "key.not_found": ["NOT_FOUND", "There is no such service key in this workspace."],
  "key.too_many": ["CONFLICT", "This workspace has as many service keys as it may have. Revoke some first."],
  "project.too_many": [
    "CONFLICT",
    "This workspace has as many projects as it may have. Delete some, or ask the operator to raise the quota.",
  ],
  "project.not_found": ["NOT_FOUND", "There is no such project in this workspace."],
  "task.too_many": [
    "CONFLICT",
    "This workspace has as many tasks as it may have, or would have more. Delete some, or ask the operator to raise the quota.",
  ],
  "task.not_found": ["NOT_FOUND", "There is no such task in this workspace."],
  "server.busy": ["SERVICE_UNAVAILABLE", "The server is busy. Try again in a moment."],
  "server.unavailable": [
    "SERVICE_UNAVAILABLE",
    "The server's database is not available. Try again in a moment.",
  ],
  "server.internal": [
    "INTERNAL_SERVER_ERROR",
    "Something went wrong on our side. Quote the request id to us.",
  ],
} as const satisfies Record<string, readonly [ErrorCode, string]>;

export type Reason = keyof typeof reasons;

/** What `error.data` holds in every failed answer. */
export interface ErrorData {
  code: ErrorCode;
  httpStatus: number;
  reason: Reason;
  /** Also in the `x-request-id` header, and in the server's log. */
  requestId: string;
  /** Seconds to wait before the next try. */
  retryAfter?: number;
  /** What is wrong with each field of the input, by its dotted path. `""` is the input as a whole. */
  fieldErrors?: Record<string, string[]>;
}

/** The reasons that a call may meet whatever the operation: its form, and the server's health. */
export const commonReasons = [
  "input.malformed",
  "input.invalid",
  "input.too_large",
  "input.media_type",
  "batch.not_allowed",
  "operation.not_found",
  "operation.wrong_method",
  "limit.exceeded",
  "server.busy",
  "server.unavailable",
  "server.internal",
] as const satisfies readonly Reason[];
