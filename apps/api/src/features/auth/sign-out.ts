import type { Context } from "../../rpc/context.ts";

/**
 * Ends the session of the access token or of the refresh token. It succeeds when the session has already ended. It fails
 * when the database is down, because the session may still exist.
 */
export async function signOut(
  ctx: Context,
  { refreshToken }: { refreshToken?: string | undefined },
): Promise<Record<string, never>> {
  const { sessions } = ctx.services;
  for (const token of [ctx.token ?? "", refreshToken ?? ""]) {
    const sessionId = await sessions.sessionIdOf(token);
    if (sessionId !== null) await sessions.end(sessionId, ctx.event("session.ended"));
  }
  return {};
}
