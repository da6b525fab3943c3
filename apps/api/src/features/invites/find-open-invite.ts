import type { OpenInvite } from "@projostack/db";
import { hashOfInviteToken } from "../../identity/tokens/invite-tokens.ts";
import type { Context } from "../../rpc/context.ts";
import { refuseCredential } from "../../rpc/checks/refuse-credential.ts";

/** The invite that a token opens now. @throws Failure invite.invalid, whatever is wrong with it; limit.exceeded */
export async function findOpenInvite(
  ctx: Context,
  token: string,
): Promise<OpenInvite & { tokenHash: Uint8Array }> {
  const tokenHash = hashOfInviteToken(token);
  const invite = tokenHash && (await ctx.services.db.invites.find(tokenHash));
  if (!tokenHash || !invite) return refuseCredential(ctx, "invite.invalid");
  return { ...invite, tokenHash };
}
