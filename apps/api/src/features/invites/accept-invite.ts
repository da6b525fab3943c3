import { can, roles } from "@projostack/authz";
import { originOf, withAudit } from "../../rpc/audit.ts";
import type { Person } from "../../rpc/caller.ts";
import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failure.ts";
import { toOwnWorkspace } from "../workspaces/own-workspace.ts";
import { findOpenInvite } from "./find-open-invite.ts";

const invitingRoles = roles.filter((role) => can(role, "invite:manage"));

/**
 * Makes a person a member, by an invite to their verified address.
 * @throws Failure invite.invalid, whatever is wrong with it; member.too_many
 */
export async function acceptInvite(ctx: Context, caller: Person, { token }: { token: string }) {
  const { user } = caller;
  const { db, randomness, quotas } = ctx.services;
  const { id: inviteId, workspaceId, email, mailed, tokenHash } = await findOpenInvite(ctx, token);
  if (email !== user.email) throw new Failure("invite.invalid");
  if (user.emailVerifiedAt === null) {
    // The mailed token proves the mailbox. The other token was shown to the inviter, and proves nothing.
    if (!mailed) throw new Failure("invite.invalid");
    // An account that was erased meanwhile has another address, and joins nothing.
    const isTheirs = await db.accounts.verifyAddress(user.id, email, ctx.event("email.verified"));
    if (!isTheirs) throw new Failure("invite.invalid");
  }
  const memberId = randomness.newId();
  const acceptance = { inviteId, tokenHash, userId: user.id, memberId, ranks: roles, invitingRoles };
  return db.joinWorkspace(workspaceId, (tables) =>
    withAudit(originOf(ctx, caller, workspaceId), tables, async (audit) => {
      const accepted = await tables.sql.invites.accept(acceptance);
      if (!accepted) throw new Failure("invite.invalid");
      const { role, joined, membersBefore, workspace } = accepted;
      // Nobody else joins meanwhile. The refusal undoes the acceptance, so that the invite can be used later.
      if (joined && membersBefore >= quotas.members) throw new Failure("member.too_many");
      audit("invite.accepted", { type: "invite", id: inviteId, after: { role, joined }, email });
      return toOwnWorkspace({ ...workspace, deletedAt: null }, role);
    }),
  );
}
