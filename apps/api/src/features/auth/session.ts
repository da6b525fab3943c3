import type { SessionRecord } from "@projostack/db";
import type { Tokens } from "../../identity/sessions/sessions.ts";

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

/** The response to signing up or signing in. */
export const toSignedIn = (user: SessionRecord["user"], tokens: Tokens) => ({
  user: toUser(user),
  ...toTokens(tokens),
});
