import type { SessionRecord } from "@projostack/db";
import { Failure } from "../../rpc/failure.ts";
import type { Services } from "../../rpc/services.ts";
import { toOwnWorkspace } from "./own-workspace.ts";
import { roleOf } from "./role-of.ts";

/** Makes a workspace the session's current one. @throws Failure workspace.not_found, also where one is no member */
export async function switchWorkspace(
  { db }: Services,
  { session, user }: SessionRecord,
  { workspaceId }: { workspaceId: string },
) {
  const membership = await db.readPerson(user.id, ({ workspaceMember }) =>
    workspaceMember.findFirst({
      where: { userId: user.id, workspaceId, lockedAt: null },
      include: { workspace: true },
    }),
  );
  if (!membership) throw new Failure("workspace.not_found");
  await db.system.session.updateMany({
    where: { id: session.id },
    data: { currentWorkspaceId: workspaceId },
  });
  return toOwnWorkspace(membership.workspace, roleOf(membership.role));
}
