import type { AddressedInvite, TenantWrite } from "@projostack/db";
import { hashOfInviteToken } from "../../identity/tokens/invite-tokens.ts";
import { originOf, withAudit } from "../../rpc/audit.ts";
import type { Person } from "../../rpc/caller.ts";
import type { Context } from "../../rpc/context.ts";
import { refuseCredential } from "../../rpc/checks/refuse-credential.ts";
import { Failure } from "../../rpc/failures/failure.ts";

/** An invite is named by its id, its token, or both. */
export interface DeclineInvite {
  readonly id?: string | undefined;
  readonly token?: string | undefined;
}

/**
 * Declines an invite to the caller. A declined invite stays declined, so a second call returns the same answer.
 * @throws Failure invite.invalid for every problem with the invite; limit.exceeded
 */
export async function declineInvite(ctx: Context, caller: Person, input: DeclineInvite) {
  const { db } = ctx.services;
  const { email } = caller.user;
  const { id, workspaceId, tokenHash } = await findOwnInvite(ctx, caller, input);
  const decline = (tables: TenantWrite) =>
    withAudit(originOf(ctx, caller, workspaceId), tables, async (audit) => {
      const declined = await tables.sql.invites.decline({ inviteId: id, email, tokenHash });
      if (!declined) throw new Failure("invite.invalid");
      const { role, declinedAt, isNew } = declined;
      if (isNew) audit("invite.declined", { type: "invite", id, before: { role }, email });
      return { id, workspaceId, declinedAt: declinedAt.toISOString() };
    });
  return db.answerInvite(workspaceId, decline, ctx.once?.keyed());
}

/** Finds the invite by its id or token, pending or declined. A wrong token is counted as a refused credential. */
async function findOwnInvite(
  ctx: Context,
  { user }: Person,
  { id, token }: DeclineInvite,
): Promise<AddressedInvite & { tokenHash: Uint8Array | null }> {
  const tokenHash = token === undefined ? null : hashOfInviteToken(token);
  const isMalformed = token !== undefined && tokenHash === null;
  const [invite] = await Promise.all([
    isMalformed ? null : ctx.services.db.invites.findAddressed(user.id, { id, tokenHash }),
    ctx.once?.check(),
  ]);
  if (invite) return { ...invite, tokenHash };
  if (token === undefined) throw new Failure("invite.invalid");
  return refuseCredential(ctx, "invite.invalid");
}
