import type { Role } from "@projostack/authz";
import { newInviteTokens } from "../../infra/invite-tokens.ts";
import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { INVITE_SECONDS, inviteLink, toInvite } from "./invite.ts";
import { checkGivenRole } from "./given-role.ts";

export interface CreateInvite {
  readonly email: string;
  readonly role: Role;
}

/**
 * Invites an address, by mail and by a link to hand over.
 * @throws Failure permission.denied, invite.exists, invite.already_member, invite.too_many
 */
export async function createInvite(
  ws: Ws<"invite:manage">,
  { keys, randomness, appUrl, quotas }: Services,
  { email, role }: CreateInvite,
) {
  checkGivenRole(ws.grant, role);
  const id = ws.newId();
  const { token, ...tokens } = newInviteTokens(keys, randomness, id);
  const inviter = { userId: ws.grant.userId, keyId: ws.grant.key?.id };
  const bounds = { most: quotas.pendingInvites, seconds: INVITE_SECONDS };
  const asked = { id, email, role, inviter, mailId: ws.newId() };
  const { outcome, invite } = await ws.db.invites.insert({ ...asked, ...bounds, ...tokens });
  if (outcome === "member") throw new Failure("invite.already_member");
  if (outcome === "full") throw new Failure("invite.too_many");
  if (!invite) throw new Failure("invite.exists");
  ws.audit("invite.created", { type: "invite", id, after: { role }, email });
  return { ...toInvite(invite), token, link: inviteLink(appUrl(), token) };
}
