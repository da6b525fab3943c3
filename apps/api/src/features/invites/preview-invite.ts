import type { Context } from "../../rpc/context.ts";
import { openInvite } from "./find-open-invite.ts";

/** What a token invites to. @throws Failure invite.invalid, limit.exceeded */
export async function previewInvite(ctx: Context, { token }: { token: string }) {
  const { workspaceName, email, role, inviterEmail, expiresAt } = await openInvite(ctx, token);
  return { workspaceName, email, role, inviterEmail, expiresAt: expiresAt.toISOString() };
}
