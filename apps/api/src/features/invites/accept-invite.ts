import { can, roles } from "@projostack/authz";
import type { TenantWrite } from "@projostack/db";
import { originOf, withAudit } from "../../rpc/audit.ts";
import type { Person } from "../../rpc/caller.ts";
import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { toOwnWorkspace } from "../workspaces/own-workspace.ts";
import { findOpenInvite } from "./find-open-invite.ts";

const invitingRoles = roles.filter((role) => can(role, "invite:manage"));

/**
 * Makes the caller a member by an invite to the caller's verified email address.
 * @throws Failure invite.invalid for every problem with the invite; member.too_many
 */
export async function acceptInvite(ctx: Context, caller: Person, { token }: { token: string }) {
  const { user } = caller;
  const { db, randomness, quotas } = ctx.services;
  const { id: inviteId, workspaceId, email, mailed, tokenHash } = await findOpenInvite(ctx, token);
  if (email !== user.email) throw new Failure("invite.invalid");
  if (user.emailVerifiedAt === null) {
    // The mailed token proves ownership of the mailbox. The inviter's token does not.
    if (!mailed) throw new Failure("invite.invalid");
    // An account that was erased in the meantime has another address and cannot join.
    const isOwner = await db.accounts.verifyAddress(user.id, email, ctx.event("email.verified"));
    if (!isOwner) throw new Failure("invite.invalid");
  }
  const memberId = randomness.newId();
  const acceptance = { inviteId, tokenHash, userId: user.id, memberId, ranks: roles, invitingRoles };
  const join = (tables: TenantWrite) =>
    withAudit(originOf(ctx, caller, workspaceId), tables, async (audit) => {
      const accepted = await tables.sql.invites.accept(acceptance);
      if (!accepted) throw new Failure("invite.invalid");
      const { role, joined, membersBefore, workspace } = accepted;
      // The workspace row is locked, so the count is exact. The failure rolls the acceptance back, so the invite stays
      // usable.
      if (joined && membersBefore >= quotas.members) throw new Failure("member.too_many");
      audit("invite.accepted", { type: "invite", id: inviteId, after: { role, joined }, email });
      return toOwnWorkspace({ ...workspace, deletedAt: null }, role);
    });
  return db.answerInvite(workspaceId, join, ctx.once?.keyed());
}
