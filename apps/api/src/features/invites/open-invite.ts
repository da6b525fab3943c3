import type { OpenInvite } from "@projostack/db";
import { hashOfInviteToken } from "../../infra/invite-tokens.ts";
import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";

/** The invite that a token opens now. @throws Failure invite.invalid, whatever is wrong with it */
export async function openInvite(
  { db }: Services,
  token: string,
): Promise<OpenInvite & { tokenHash: Uint8Array }> {
  const tokenHash = hashOfInviteToken(token);
  const invite = tokenHash && (await db.invites.find(tokenHash));
  if (!tokenHash || !invite) throw new Failure("invite.invalid");
  return { ...invite, tokenHash };
}
