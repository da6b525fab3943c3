import type { Services } from "../../rpc/services.ts";
import { openInvite } from "./open-invite.ts";

/** What a token invites to. @throws Failure invite.invalid */
export async function previewInvite(services: Services, { token }: { token: string }) {
  const { workspaceName, email, role, inviterEmail, expiresAt } = await openInvite(services, token);
  return { workspaceName, email, role, inviterEmail, expiresAt: expiresAt.toISOString() };
}
