import { auditInto } from "../../rpc/audit.ts";
import type { Services } from "../../rpc/services.ts";
import { toOwnWorkspace } from "./own-workspace.ts";

/** Makes a workspace with the person as its admin, in one transaction. */
export async function createWorkspace(
  { db, randomness }: Services,
  userId: string,
  { name }: { name: string },
) {
  const id = randomness.newId();
  const founding = { id, name, founderId: userId, memberId: randomness.newId() };
  return db.foundWorkspace(founding, async (tables, workspace) => {
    const audit = auditInto(tables, { workspaceId: id, userId }, () => randomness.newId());
    await audit("workspace.created", { type: "workspace", id });
    return toOwnWorkspace(workspace, "admin");
  });
}
