import { authorize } from "@projostack/authz";
import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";
import { writing } from "../../rpc/ws.ts";
import { ownMembership } from "./own-membership.ts";

/** Ends one's own membership. @throws Failure workspace.not_found, member.last_admin */
export async function leaveWorkspace(
  services: Services,
  userId: string,
  { workspaceId }: { workspaceId: string },
): Promise<{ workspaceId: string }> {
  const membership = await ownMembership(services, { userId, workspaceId, deleted: false });
  const grant = authorize(membership, "workspace:read");
  const leave = async (tables: Parameters<typeof writing>[1]) => {
    const ws = writing(grant, tables, services);
    const removal = await ws.db.members.remove(userId, userId);
    if (!removal) throw new Failure("workspace.not_found");
    if (!removal.done) throw new Failure("member.last_admin");
    const { before, endedInvites, keysLeft } = removal;
    await ws.audit("member.left", {
      type: "member",
      id: userId,
      before: { role: before },
      after: { endedInvites: endedInvites.length, keysLeft: keysLeft.length },
    });
  };
  await services.db.write(grant, leave, { inTurn: true });
  return { workspaceId };
}
