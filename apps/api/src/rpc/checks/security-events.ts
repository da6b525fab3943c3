// Security events: log lines with a stable name in the field `event`, for alerts and investigations. Each line names the
// caller, the address and the operation, and holds no token, password or email. docs/security-events.md lists them.
import type { Reason } from "@projostack/contract";
import type { Context } from "../context.ts";

/** The names and their descriptions in docs/security-events.md. A released name is never renamed. */
export const securityEvents = {
  "credential.refused": "An access token, refresh token, session cookie or service key was refused.",
  "password.refused": "A sign-in, or a change of a password, had a wrong password.",
  "link.refused": "The token of a mailed link was refused.",
  "invite.refused": "The token of an invite was refused.",
  "token.reused": "A refresh token or session cookie was used after its successor. The session has ended.",
  "origin.refused": "A page of an origin that is not permitted sent a request with `x-session: cookie`.",
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
  "request.cross_site": "origin.refused",
};

/** The event of a refused call, or null when the refusal is not a security event. */
export function securityEventOf(reason: Reason, isPresented: boolean): SecurityEvent | null {
  const event = eventOfReason[reason] ?? null;
  // A call without a credential comes from a client that has not signed in.
  return event === "credential.refused" && !isPresented ? null : event;
}

const sentCookie = ({ cookie }: Context): boolean =>
  cookie !== null && (cookie.token !== null || cookie.isAmbiguous);

/** Logs the security event of a refused call, if the reason has one. */
export function logSecurityEvent(ctx: Context, operation: string, reason: Reason): void {
  const isPresented = ctx.token !== null || sentCookie(ctx) || operation === "auth.refresh";
  const event = securityEventOf(reason, isPresented);
  if (event === null) return;
  const { workspaceId, device, actor } = ctx;
  ctx.services.observer.securityEvent(event);
  const named = workspaceId === null ? {} : { workspaceId: workspaceId.slice(0, 36) };
  ctx.log.warn({ event, operation, ip: device.ip, ...actor, ...named }, securityEvents[event]);
}
