import type { OpenInvite } from "@projostack/db";
import { hashOfInviteToken } from "../../identity/tokens/invite-tokens.ts";
import type { Context } from "../../rpc/context.ts";
import { refuseCredential } from "../../rpc/checks/refuse-credential.ts";

/** Finds the pending invite of a token. @throws Failure invite.invalid for every problem with the token; limit.exceeded */
export async function findOpenInvite(
  ctx: Context,
  token: string,
): Promise<OpenInvite & { tokenHash: Uint8Array }> {
  const tokenHash = hashOfInviteToken(token);
  // A repeated call has a used token, and must not be counted as a refused credential.
  const [invite] = await Promise.all([
    tokenHash && ctx.services.db.invites.find(tokenHash),
    ctx.once?.check(),
  ]);
  if (!tokenHash || !invite) return refuseCredential(ctx, "invite.invalid");
  return { ...invite, tokenHash };
}
