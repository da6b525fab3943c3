// The closed list of failure reasons. Programs switch on `reason`; the message is for people.
// 401: the caller is not authenticated. 403: the caller may see the resource, but may not do this with it. 404: the
// resource does not exist, or it belongs to another workspace. The two cases have the same response.

export type ErrorCode =
  | "BAD_REQUEST"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "METHOD_NOT_SUPPORTED"
  | "TIMEOUT"
  | "CONFLICT"
  | "PAYLOAD_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "UNPROCESSABLE_CONTENT"
  | "TOO_MANY_REQUESTS"
  | "SERVICE_UNAVAILABLE"
  | "INTERNAL_SERVER_ERROR";

export const reasons = {
  "request.malformed": [
    "BAD_REQUEST",
    "The server received bytes that are not a valid HTTP/1.1 request. Send the request with an HTTP client.",
  ],
  "request.timeout": [
    "TIMEOUT",
    "The request did not arrive completely in time. Check the network, then send it again.",
  ],
  "request.url_too_long": [
    "PAYLOAD_TOO_LARGE",
    "The URL is longer than the 16 KB that the server accepts. Send a shorter input.",
    414,
  ],
  "request.headers_too_large": [
    "PAYLOAD_TOO_LARGE",
    "The URL and the headers together are larger than the 16 KB that the server accepts. Send fewer or shorter headers, or a shorter input.",
    431,
  ],
  "request.expectation": [
    "BAD_REQUEST",
    "The server supports only the expectation 100-continue. Send the request without another Expect header.",
    417,
  ],
  "request.cross_site": [
    "FORBIDDEN",
    "The request comes from a page of an origin that may not use session cookies here. Add the origin to PROJO_ALLOWED_ORIGINS, or send the request from the application itself.",
  ],
  "input.malformed": ["BAD_REQUEST", "The input is not well-formed JSON. Correct it and send it again."],
  "input.invalid": ["BAD_REQUEST", "The input is invalid. fieldErrors lists the problem of each field."],
  "input.too_large": ["PAYLOAD_TOO_LARGE", "The body is larger than 100 KB. Send it in smaller parts."],
  "input.media_type": [
    "UNSUPPORTED_MEDIA_TYPE",
    "Send the body as JSON, with content-type: application/json.",
  ],
  "input.encoding": [
    "UNSUPPORTED_MEDIA_TYPE",
    "The body is compressed, and the server accepts only uncompressed bodies. Send it without content-encoding.",
  ],
  "cursor.invalid": [
    "BAD_REQUEST",
    "This cursor is invalid, or it belongs to another list, other filters or another order. Start again without a cursor.",
  ],
  "checkpoint.invalid": [
    "BAD_REQUEST",
    "This server did not sign this checkpoint for this workspace. Send the checkpoint unchanged.",
  ],
  "batch.not_allowed": [
    "BAD_REQUEST",
    "One of these operations takes too long for a batch. Send it in a separate request.",
  ],
  "batch.too_large": [
    "BAD_REQUEST",
    "A batch holds at most 10 calls, and this one has more. Send several smaller batches: in a tRPC client, set maxItems to 10 in the batch link.",
  ],
  "batch.mixed": [
    "BAD_REQUEST",
    "A batch holds either queries or mutations, and this one has both. Send the queries with GET and the mutations with POST.",
  ],
  "idempotency.key_invalid": [
    "BAD_REQUEST",
    "The header idempotency-key must have 1 to 255 visible ASCII characters, and occur once. Send a random UUID.",
  ],
  "idempotency.in_progress": [
    "CONFLICT",
    "The first call with this idempotency key has not ended. Send the same call again after retryAfter seconds.",
  ],
  "idempotency.key_reused": [
    "UNPROCESSABLE_CONTENT",
    "This idempotency key was used for another operation or another input. Send a new key for each new call.",
  ],
  "operation.not_found": ["NOT_FOUND", "There is no such operation. Check its name."],
  "operation.wrong_method": ["METHOD_NOT_SUPPORTED", "Send queries with GET, and mutations with POST."],
  "auth.unauthenticated": ["UNAUTHORIZED", "The token is missing, invalid or expired. Sign in."],
  "auth.invalid_credentials": ["UNAUTHORIZED", "The email or the password is wrong."],
  "auth.email_taken": ["CONFLICT", "An account with this email already exists. Sign in instead."],
  "auth.token_reused": [
    "UNAUTHORIZED",
    "This session was ended because an old refresh token or session cookie was used again. Sign in again. If this was not you, change your password.",
  ],
  "session.mode_invalid": [
    "BAD_REQUEST",
    "The header x-session asks for a session cookie, and the request does not fit it. Send x-session: cookie alone, or no x-session.",
  ],
  "auth.email_unverified": [
    "FORBIDDEN",
    "Your email address is not verified. Open the link that was mailed to you, or request another mail with email.resendVerification.",
  ],
  "auth.person_required": ["FORBIDDEN", "A service key cannot do this. Sign in as a user."],
  "token.invalid": ["UNAUTHORIZED", "This link is invalid, used or expired. Request a new one."],
  "password.incorrect": ["FORBIDDEN", "The current password is wrong. Enter it again."],
  "session.not_found": ["NOT_FOUND", "You have no such session."],
  "limit.exceeded": [
    "TOO_MANY_REQUESTS",
    "Too many calls, or too expensive calls. Wait for retryAfter seconds, then try again.",
  ],
  "workspace.required": [
    "BAD_REQUEST",
    "No workspace is selected. Send x-workspace-id, or call workspaces.switch.",
  ],
  "workspace.not_found": ["NOT_FOUND", "There is no such workspace, or you are not a member of it."],
  "workspace.changed": [
    "CONFLICT",
    "The workspace has changed since its fingerprint was read. Export it again, then use the new fingerprint.",
  ],
  "import.not_empty": [
    "CONFLICT",
    "This workspace is not empty, or another export was imported into it. Create a new workspace for the import.",
  ],
  "import.not_running": [
    "CONFLICT",
    "No import runs in this workspace. Start one with workspaceData.startImport.",
  ],
  "import.gap": [
    "CONFLICT",
    "Earlier lines of this file are missing. Call workspaceData.startImport and continue after the lines that it counts.",
  ],
  "import.incomplete": [
    "CONFLICT",
    "Lines of the export are missing. Call workspaceData.startImport, and send the lines after those that it counts.",
  ],
  "permission.denied": ["FORBIDDEN", "Your role in this workspace does not allow this."],
  "member.not_found": ["NOT_FOUND", "There is no such member of this workspace."],
  "member.last_admin": [
    "CONFLICT",
    "A workspace must keep at least one admin. Make another member an admin first, or delete the workspace.",
  ],
  "member.too_many": [
    "CONFLICT",
    "This workspace has reached its quota of members. Ask an admin to remove some, or the operator to raise the quota.",
  ],
  "invite.not_found": ["NOT_FOUND", "There is no such pending invite in this workspace."],
  "invite.exists": ["CONFLICT", "This address is already invited. Resend that invite, or revoke it first."],
  "invite.already_member": [
    "CONFLICT",
    "This address already belongs to a member. Change the member's role instead.",
  ],
  "invite.too_many": ["CONFLICT", "This workspace has too many pending invites. Revoke some first."],
  "invite.invalid": [
    "NOT_FOUND",
    "You cannot use this invite: it is invalid, used, revoked or expired, or it is for another address. Sign in with the invited address, use the link in the mail, or ask for a new invite.",
  ],
  "key.not_found": ["NOT_FOUND", "There is no such service key in this workspace."],
  "key.too_many": ["CONFLICT", "This workspace has reached its limit of service keys. Revoke some first."],
  "key.too_many_tokens": [
    "CONFLICT",
    "Too many earlier tokens of this key still work. Wait until one of them ends, or rotate the key with overlapHours 0, which ends all of them.",
  ],
  "project.too_many": [
    "CONFLICT",
    "This workspace has reached its quota of projects. Delete some, or ask the operator to raise the quota.",
  ],
  "project.ambiguous": [
    "CONFLICT",
    "Several projects have this name. Rename all but one of them, or use the id of the project.",
  ],
  "project.version_conflict": [
    "CONFLICT",
    "This project has changed since you read it. Compare your change with its present state, then send it again with its present version.",
  ],
  "project.not_found": ["NOT_FOUND", "There is no such project in this workspace."],
  "task.too_many": [
    "CONFLICT",
    "This call would exceed the workspace's quota of tasks. Delete some, or ask the operator to raise the quota.",
  ],
  "task.version_conflict": [
    "CONFLICT",
    "This task has changed since you read it. Compare your change with its present state, then send it again with its present version.",
  ],
  "task.not_found": ["NOT_FOUND", "There is no such task in this workspace."],
  "server.busy": ["SERVICE_UNAVAILABLE", "The server is busy. Try again in a moment."],
  "server.unavailable": [
    "SERVICE_UNAVAILABLE",
    "The server's database is not available. Try again in a moment.",
  ],
  "server.internal": [
    "INTERNAL_SERVER_ERROR",
    "The server failed to answer this call. Report the request id to its operator.",
  ],
} as const satisfies Record<string, readonly [ErrorCode, message: string, httpStatus?: number]>;

export type Reason = keyof typeof reasons;

/** The HTTP status of each code. A reason can have a more precise status. */
const statusOfCode: Record<ErrorCode, number> = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_SUPPORTED: 405,
  TIMEOUT: 408,
  CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  UNPROCESSABLE_CONTENT: 422,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
};

/** Returns the HTTP status of a failure with this reason. */
export function httpStatusOf(reason: Reason): number {
  const [code, , status]: readonly [ErrorCode, string, number?] = reasons[reason];
  return status ?? statusOfCode[code];
}

/**
 * The reasons for which a call of any operation can fail: the form of the request, limits, and the server's health. Only
 * mutations fail with the reasons of idempotency keys.
 */
export const commonReasons = [
  "request.malformed",
  "request.timeout",
  "request.url_too_long",
  "request.headers_too_large",
  "request.expectation",
  "request.cross_site",
  "session.mode_invalid",
  "input.malformed",
  "input.invalid",
  "input.too_large",
  "input.media_type",
  "input.encoding",
  "batch.not_allowed",
  "batch.too_large",
  "batch.mixed",
  "idempotency.key_invalid",
  "idempotency.in_progress",
  "idempotency.key_reused",
  "operation.not_found",
  "operation.wrong_method",
  "limit.exceeded",
  "server.busy",
  "server.unavailable",
  "server.internal",
] as const satisfies readonly Reason[];
