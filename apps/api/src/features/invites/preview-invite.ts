import type { Context } from "../../rpc/context.ts";
import { findOpenInvite } from "./find-open-invite.ts";

/** Shows the workspace, role and inviter of an invite. @throws Failure invite.invalid, limit.exceeded */
export async function previewInvite(ctx: Context, { token }: { token: string }) {
  const { workspaceName, email, role, inviterEmail, expiresAt } = await findOpenInvite(ctx, token);
  return { workspaceName, email, role, inviterEmail, expiresAt: expiresAt.toISOString() };
}
