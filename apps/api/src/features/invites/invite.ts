import type { InviteRow } from "@projostack/db";

/** An invite as those see it who manage them. */
export const toInvite = ({ id, email, role, status, invitedBy, expiresAt, createdAt }: InviteRow) => ({
  id,
  email,
  role,
  status,
  invitedBy,
  expiresAt: expiresAt.toISOString(),
  createdAt: createdAt.toISOString(),
});

/** 72 hours, by the database's clock. */
export const INVITE_SECONDS = 72 * 60 * 60;

/** The application's page for an invite. Behind the #, the token is in no server's log and in no Referer. */
export const inviteLink = (appUrl: string, token: string): string => `${appUrl}/invite#token=${token}`;
