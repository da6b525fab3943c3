import { Failure } from "../../rpc/failures/failure.ts";
import type { WorkspaceContext } from "../../rpc/procedures.ts";
import { isAnother } from "./is-another.ts";

/** Removes a member from the workspace. @throws Failure member.not_found, member.last_admin */
export async function removeMember(
  { ws, services }: WorkspaceContext<"mutation", "member:manage">,
  { userId }: { userId: string },
) {
  // The admins are told by mail about the service keys of the removed member, except the user who gets this response.
  const byUserId = ws.grant.key ? userId : ws.grant.userId;
  const isNotified = services.notices.removed && isAnother(ws.grant, userId);
  const removal = await ws.db.sql.members.remove({ userId, byUserId, isNotified });
  if (!removal) throw new Failure("member.not_found");
  if (!removal.done) throw new Failure("member.last_admin");
  const { before, endedInvites, keysLeft } = removal;
  ws.audit("member.removed", {
    type: "member",
    id: userId,
    before: { role: before },
    after: { endedInvites: endedInvites.length, keysLeft: keysLeft.length },
  });
  return { userId, endedInvites: endedInvites.length, keysLeft: [...keysLeft] };
}
