// Security events: log lines with a stable name in the field `event`, for alerts and investigations. Each line names the
// caller, the address and the operation, and holds no token, password or email. docs/security-events.md lists them.
import type { Reason } from "@projostack/contract";
import type { Context } from "../context.ts";

/** The names and their descriptions in docs/security-events.md. A released name is never renamed. */
export const securityEvents = {
  "credential.refused": "An access token, refresh token or service key was refused.",
  "password.refused": "A sign-in, or a change of a password, had a wrong password.",
  "link.refused": "The token of a mailed link was refused.",
  "invite.refused": "The token of an invite was refused.",
  "token.reused": "A refresh token was used after its successor. The session has ended.",
  "limit.exceeded": "A call was refused by a limit.",
  "workspace.refused": "A call named a workspace that does not exist or that the caller is not a member of.",
  "permission.denied": "An account or a service key called an operation without the right to it.",
} as const;

export type SecurityEvent = keyof typeof securityEvents;

const eventOfReason: Partial<Record<Reason, SecurityEvent>> = {
  "auth.unauthenticated": "credential.refused",
  "auth.invalid_credentials": "password.refused",
  "password.incorrect": "password.refused",
  "token.invalid": "link.refused",
  "invite.invalid": "invite.refused",
  "auth.token_reused": "token.reused",
  "limit.exceeded": "limit.exceeded",
  "workspace.not_found": "workspace.refused",
  "permission.denied": "permission.denied",
  "auth.email_unverified": "permission.denied",
  "auth.person_required": "permission.denied",
};

/** The event of a refused call, or null when the refusal is not a security event. */
export function securityEventOf(reason: Reason, isPresented: boolean): SecurityEvent | null {
  const event = eventOfReason[reason] ?? null;
  // A call without a credential comes from a client that has not signed in.
  return event === "credential.refused" && !isPresented ? null : event;
}

/** Logs the security event of a refused call, if the reason has one. */
export function logSecurityEvent(ctx: Context, operation: string, reason: Reason): void {
  const event = securityEventOf(reason, ctx.token !== null || operation === "auth.refresh");
  if (event === null) return;
  const { workspaceId, device, actor } = ctx;
  const named = workspaceId === null ? {} : { workspaceId: workspaceId.slice(0, 36) };
  ctx.log.warn({ event, operation, ip: device.ip, ...actor, ...named }, securityEvents[event]);
}
