import type { SessionRecord } from "@projostack/db";
import type { Account, Tokens } from "../../identity/sessions/sessions.ts";
import type { Context } from "../../rpc/context.ts";
import { CookieAnswer } from "../../rpc/procedures.ts";

/** Converts a user to the form that the user sees. */
export const toUser = ({ id, email, emailVerifiedAt, createdAt }: SessionRecord["user"]) => ({
  id,
  email,
  emailVerifiedAt: emailVerifiedAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
});

/** Converts a session to the form that its owner sees. */
export const toSession = ({ id, createdAt, expiresAt, currentWorkspaceId }: SessionRecord["session"]) => ({
  id,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  currentWorkspaceId,
});

/** Converts a session and its tokens. No other response contains the tokens. */
export const toTokens = ({ session, accessToken, accessTokenExpiresAt, refreshToken }: Tokens) => ({
  session: toSession(session),
  accessToken,
  accessTokenExpiresAt: accessTokenExpiresAt.toISOString(),
  refreshToken,
});

/**
 * Starts a session in the mode of the request. In cookie mode the answer sets the cookie and contains no token.
 * @returns the response to signing up or signing in; null when the password has changed since it was verified
 */
export async function startSession(ctx: Context, account: Account) {
  const { services, cookie, event } = ctx;
  if (cookie === null) {
    const started = await services.sessions.start(account, event("session.started"));
    return started && { user: toUser(started.user), ...toTokens(started.tokens) };
  }
  const started = await services.cookieSessions.start(account, event("session.started"));
  if (!started) return null;
  cookie.start(started.cookie);
  return new CookieAnswer({ user: toUser(started.user), session: toSession(started.session) });
}
