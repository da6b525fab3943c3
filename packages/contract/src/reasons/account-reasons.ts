// The reasons that concern accounts, sessions and tokens.
import type { Reason } from "../errors.ts";
import type { ReasonDescription } from "./reason-description.ts";

export const accountReasons = {
  "auth.unauthenticated": {
    when: "The call has no token, or its token is invalid or expired, or its session or service key has ended.",
    remedy: "sign in",
    action:
      "Refresh the session once and repeat the call. If `auth.refresh` returns this reason, ask the user to sign in. A service key with this reason is wrong, expired or revoked, or its workspace is deleted. The SDK refreshes by itself.",
  },
  "auth.invalid_credentials": {
    when: "No account has this email address and this password.",
    remedy: "ask",
    action:
      "Ask for the email address and the password again. The answer is the same for an unknown address and for a wrong password.",
  },
  "auth.email_taken": {
    when: "Another account has this email address.",
    remedy: "ask",
    action: "Offer to sign in, or to reset the password.",
  },
  "auth.token_reused": {
    when: "A refresh token or a session cookie was used again after its successor was used. The server has ended the session.",
    remedy: "sign in",
    action:
      "Delete the stored tokens and ask the user to sign in. Show the reason: another party may have a copy of the tokens.",
  },
  "session.mode_invalid": {
    when: "The header `x-session` has another value than `cookie`, or the request has an authorization header too, or it calls `auth.refresh`. Nothing was done.",
    remedy: "change",
    action:
      "Send either `x-session: cookie` or an authorization header. Do not refresh a cookie session: the server replaces its cookie.",
  },
  "auth.email_unverified": {
    when: "The operation needs a verified address, and the user has not opened the mailed link.",
    remedy: "ask",
    action: "Ask the user to open the mailed link, or send a new link with `email.resendVerification`.",
  },
  "auth.person_required": {
    when: "A service key calls an operation that only a signed-in user can call.",
    remedy: "change",
    action: "Call the operation with the session of a user. Service keys cannot call it.",
  },
  "token.invalid": {
    when: "The token of a mailed link is unknown, expired, used or replaced by a newer one.",
    remedy: "ask",
    action: "Ask the user to request a new link: `email.resendVerification` or `password.requestReset`.",
  },
  "password.incorrect": {
    when: "`currentPassword` is not the password of the account.",
    remedy: "ask",
    action: "Ask for the current password again.",
  },
  "session.not_found": {
    when: "The caller has no session with this id, or the session has ended.",
    remedy: "change",
    action: "List the sessions again with `sessions.list`.",
  },
} as const satisfies Partial<Record<Reason, ReasonDescription>>;
