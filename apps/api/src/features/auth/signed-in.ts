import type { SessionRecord } from "@projostack/db";
import type { StartedSession } from "../../infra/lucia-sessions.ts";

interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly createdAt: Date;
}

/** A person as they see themselves. */
export const toUser = ({ id, email, createdAt }: UserRow) => ({
  id,
  email,
  createdAt: createdAt.toISOString(),
});

/** A session as its holder sees it. */
export const toSession = ({ id, createdAt, expiresAt, currentWorkspaceId }: SessionRecord["session"]) => ({
  id,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
  currentWorkspaceId,
});

/** The answer to signing up or in. The token is in no other. */
export const toSignedIn = (user: UserRow, { accessToken, session }: StartedSession) => ({
  user: toUser(user),
  session: toSession(session),
  accessToken,
});
