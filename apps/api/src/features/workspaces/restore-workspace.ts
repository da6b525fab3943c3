import { authorize } from "@projostack/authz";
import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";
import { writing } from "../../rpc/ws.ts";
import { ownMembership } from "./own-membership.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

/** Lets everybody in again. @throws Failure workspace.not_found, permission.denied */
export async function restoreWorkspace(
  services: Services,
  userId: string,
  { workspaceId }: { workspaceId: string },
) {
  const membership = await ownMembership(services, { userId, workspaceId, deleted: true });
  const grant = authorize(membership, "workspace:delete");
  return services.db.write(
    grant,
    async (tables) => {
      const ws = writing(grant, tables, services);
      const workspace = await ws.db.workspaces.restore();
      if (!workspace) throw new Failure("workspace.not_found");
      await ws.audit("workspace.restored", { type: "workspace", id: workspaceId });
      return toOwnWorkspace(workspace, grant.role);
    },
    { inTurn: true, deleted: true },
  );
}
