import { Failure } from "../../rpc/failure.ts";
import type { Ws } from "../../rpc/ws.ts";

/** Ends a membership, whoever's it is. @throws Failure member.not_found, member.last_admin */
export async function removeMember(ws: Ws<"member:manage">, { userId }: { userId: string }) {
  // Who removes is told by the answer; when that is a service, every admin is by mail.
  const told = ws.grant.key ? userId : ws.grant.userId;
  const removal = await ws.db.sql.members.remove(userId, told);
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
