import type { Context } from "../../rpc/context.ts";

/**
 * Ends the session of the access token, of the session cookie, or of the refresh token. It succeeds when the session has already ended. It fails
 * when the database is down, because the session may still exist.
 */
export async function signOut(
  ctx: Context,
  { refreshToken }: { refreshToken?: string | undefined },
): Promise<Record<string, never>> {
  const { sessions, cookieSessions } = ctx.services;
  const { cookie } = ctx;
  if (cookie) {
    const sessionId = await cookieSessions.sessionIdOf(cookie.token ?? "");
    if (sessionId !== null) await sessions.end(sessionId, ctx.event("session.ended"));
    cookie.clear();
  }
  for (const token of [ctx.token ?? "", refreshToken ?? ""]) {
    const sessionId = await sessions.sessionIdOf(token);
    if (sessionId !== null) await sessions.end(sessionId, ctx.event("session.ended"));
  }
  return {};
}
