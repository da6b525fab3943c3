import type { SessionRecord } from "@projostack/db";
import type { Tokens } from "../../identity/sessions/sessions.ts";

/** A person as they see themselves. */
export const toUser = ({ id, email, emailVerifiedAt, createdAt }: SessionRecord["user"]) => ({
  id,
  email,
  emailVerifiedAt: emailVerifiedAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
});

/** A session as its holder sees it. */
export const toSession = ({ id, createdAt, expiresAt, currentWorkspaceId }: SessionRecord["session"]) => ({
  id,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  currentWorkspaceId,
});

/** A session with its tokens, which are in no other answer. */
export const toTokens = ({ session, accessToken, accessTokenExpiresAt, refreshToken }: Tokens) => ({
  session: toSession(session),
  accessToken,
  accessTokenExpiresAt: accessTokenExpiresAt.toISOString(),
  refreshToken,
});

/** The answer to signing up or in. */
export const toSignedIn = (user: SessionRecord["user"], tokens: Tokens) => ({
  user: toUser(user),
  ...toTokens(tokens),
});
