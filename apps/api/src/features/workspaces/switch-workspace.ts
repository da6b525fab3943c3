import type { SessionRecord } from "@projostack/db";
import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

/**
 * Makes a workspace the current one of the session.
 * @throws Failure workspace.not_found, also when the user is not a member
 */
export async function switchWorkspace(
  { db }: Services,
  { session, user }: SessionRecord,
  { workspaceId }: { workspaceId: string },
) {
  const workspace = await db.readPerson(user.id, ({ workspaces }) => workspaces.find(workspaceId));
  if (!workspace) throw new Failure("workspace.not_found");
  await db.system.session.updateMany({
    where: { id: session.id },
    data: { currentWorkspaceId: workspaceId },
  });
  return toOwnWorkspace(workspace, workspace.role);
}
