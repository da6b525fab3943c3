import type { InviteRow } from "@projostack/db";
import { toMailDelivery } from "../email/mail-delivery.ts";

/** Converts an invite to the form that callers with `invite:manage` see. */
export const toInvite = ({
  id,
  email,
  role,
  status,
  invitedBy,
  expiresAt,
  createdAt,
  ...mail
}: InviteRow) => ({
  id,
  email,
  role,
  status,
  invitedBy,
  expiresAt: expiresAt.toISOString(),
  createdAt: createdAt.toISOString(),
  ...toMailDelivery(mail),
});

/** An invite expires after 72 hours by the database's clock. */
export const INVITE_SECONDS = 72 * 60 * 60;

/**
 * The URL of the application's invite page. Browsers do not send the fragment, so the token reaches no server log and no
 * Referer.
 */
export const inviteLink = (appUrl: string, token: string): string => `${appUrl}/accept-invite#token=${token}`;
