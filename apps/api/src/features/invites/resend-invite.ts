import { newInviteTokens } from "../../identity/tokens/invite-tokens.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { countMail } from "../../rpc/checks/count-mail.ts";
import type { WorkspaceContext } from "../../rpc/procedures.ts";
import { checkInviter } from "./check-inviter.ts";
import { checkAssignedRole } from "./check-assigned-role.ts";
import { INVITE_SECONDS, inviteLink, toInvite } from "./invite.ts";

/**
 * Sends an invite again with new tokens. The old tokens stop working.
 * @throws Failure auth.email_unverified, invite.not_found, invite.already_member, invite.too_many, permission.denied
 */
export async function resendInvite(
  { ws, services, caller }: WorkspaceContext<"mutation", "invite:manage">,
  { id }: { id: string },
) {
  const { keys, randomness, appUrl, quotas } = services;
  checkInviter(services, caller);
  const { token, ...tokens } = newInviteTokens(keys, randomness, id);
  const inviter = { userId: ws.grant.userId, keyId: ws.grant.key?.id };
  const renewal = { ...tokens, id, inviter, mailId: ws.newId(), seconds: INVITE_SECONDS };
  const { outcome, invite } = await ws.db.sql.invites.renew({ ...renewal, most: quotas.pendingInvites });
  if (outcome === "member") throw new Failure("invite.already_member");
  if (outcome === "full") throw new Failure("invite.too_many");
  if (!invite) throw new Failure("invite.not_found");
  checkAssignedRole(ws.grant, invite.role);
  await countMail(services, "invite", invite.email);
  ws.audit("invite.resent", { type: "invite", id, after: { role: invite.role }, email: invite.email });
  return { ...toInvite(invite), token, link: inviteLink(appUrl(), token) };
}
