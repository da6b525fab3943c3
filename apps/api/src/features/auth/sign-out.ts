import type { Context } from "../../rpc/context.ts";

/**
 * Ends the session of the bearer's token or of the refresh token. Whoever is signed out already is signed out; a
 * database that is down is an error, since the session may still be there.
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
