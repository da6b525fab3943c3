import type { Role } from "@projostack/authz";
import { newInviteTokens } from "../../identity/tokens/invite-tokens.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { countMail } from "../../rpc/checks/count-mail.ts";
import type { WorkspaceContext } from "../../rpc/procedures.ts";
import { checkInviter } from "./check-inviter.ts";
import { INVITE_SECONDS, inviteLink, toInvite } from "./invite.ts";
import { checkAssignedRole } from "./check-assigned-role.ts";

export interface CreateInvite {
  readonly email: string;
  readonly role: Role;
}

/**
 * Invites an email address, by a mailed link and by a link that the inviter can share.
 * @throws Failure auth.email_unverified, permission.denied, invite.exists, invite.already_member, invite.too_many
 */
export async function createInvite(
  { ws, services, caller }: WorkspaceContext<"mutation", "invite:manage">,
  { email, role }: CreateInvite,
) {
  const { keys, randomness, appUrl, quotas } = services;
  checkInviter(services, caller);
  checkAssignedRole(ws.grant, role);
  const id = ws.newId();
  const { token, ...tokens } = newInviteTokens(keys, randomness, id);
  const inviter = { userId: ws.grant.userId, keyId: ws.grant.key?.id };
  const bounds = { most: quotas.pendingInvites, seconds: INVITE_SECONDS };
  const values = { id, email, role, inviter, mailId: ws.newId() };
  const { outcome, invite } = await ws.db.sql.invites.insert({ ...values, ...bounds, ...tokens });
  if (outcome === "member") throw new Failure("invite.already_member");
  if (outcome === "full") throw new Failure("invite.too_many");
  if (!invite) throw new Failure("invite.exists");
  // The mail is counted only when one will be sent. Exceeding the limit rolls the invite back.
  await countMail(services, "invite", email);
  ws.audit("invite.created", { type: "invite", id, after: { role }, email });
  return { ...toInvite(invite), token, link: inviteLink(appUrl(), token) };
}
