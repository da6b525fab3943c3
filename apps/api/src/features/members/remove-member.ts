import { Failure } from "../../rpc/failure.ts";
import type { Ws } from "../../rpc/ws.ts";

/** Removes a member from the workspace. @throws Failure member.not_found, member.last_admin */
export async function removeMember(ws: Ws<"member:manage">, { userId }: { userId: string }) {
  // The admins are told by mail about the service keys of the removed member, except the user who gets this response.
  const informedUserId = ws.grant.key ? userId : ws.grant.userId;
  const removal = await ws.db.sql.members.remove(userId, informedUserId);
  if (!removal) throw new Failure("member.not_found");
  if (!removal.done) throw new Failure("member.last_admin");
  const { before, endedInvites, keysLeft } = removal;
  ws.audit("member.removed", {
    type: "member",
    id: userId,
    before: { role: before },
    after: { endedInvites: endedInvites.length, keysLeft: keysLeft.length },
  });
  return { userId, keysLeft: [...keysLeft] };
}
