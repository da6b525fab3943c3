import { authorize } from "@projostack/authz";
import { originOf } from "../../rpc/audit.ts";
import type { Person } from "../../rpc/caller.ts";
import type { Context } from "../../rpc/context.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import { runInWorkspace, type Ws } from "../../rpc/ws.ts";
import { findMembership } from "./find-membership.ts";

/** Ends the caller's membership. @throws Failure workspace.not_found, member.last_admin */
export async function leaveWorkspace(
  ctx: Context,
  caller: Person,
  { workspaceId }: { workspaceId: string },
): Promise<{ workspaceId: string }> {
  const { db } = ctx.services;
  const userId = caller.user.id;
  const membership = await findMembership(ctx.services, { userId, workspaceId, deleted: false });
  const grant = authorize(membership, "workspace:read");
  const origin = originOf(ctx, caller, grant.workspaceId);
  await db.write(grant, (tables) => runInWorkspace(grant, origin, tables, (ws) => leave(ws, userId)), {
    lockMembers: true,
    keyed: ctx.once?.keyed(() => ({ workspaceId })),
  });
  return { workspaceId };
}

async function leave(ws: Ws<"workspace:read">, userId: string): Promise<void> {
  const removal = await ws.db.sql.members.remove({ userId, byUserId: userId, isNotified: false });
  if (!removal) throw new Failure("workspace.not_found");
  if (!removal.done) throw new Failure("member.last_admin");
  const { before, endedInvites, keysLeft } = removal;
  ws.audit("member.left", {
    type: "member",
    id: userId,
    before: { role: before },
    after: { endedInvites: endedInvites.length, keysLeft: keysLeft.length },
  });
}
